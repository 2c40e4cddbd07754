import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ContentPlaces } from './content-places'

it('places of contents are found by their sequence numbers as in a map, in whatever order they came', () => {
  const place = fc.record({
    seq: fc.nat(300),
    offset: fc.nat(2 ** 40),
    crc: fc.nat(2 ** 32 - 1),
    bytes: fc.nat(65_536),
  })
  fc.assert(
    fc.property(fc.array(place, { maxLength: 200 }), (given) => {
      const [places, map] = [new ContentPlaces(), new Map<number, unknown>()]
      for (const { seq, ...rest } of given) {
        const content = { generation: 'g', ...rest }
        places.add(seq, content)
        map.set(seq, content)
      }
      for (let seq = 0; seq <= 301; seq++) expect(places.get(seq)).toEqual(map.get(seq))
      expect([...places.values()]).toEqual([...map].sort(([a], [b]) => a - b).map(([, content]) => content))
    }),
  )
})
