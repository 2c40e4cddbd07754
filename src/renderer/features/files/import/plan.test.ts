import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../../shared/testing/runs'
import { batches, bodyOf, planImport, type ImportItem } from './plan'

const MiB = 1024 * 1024
/** A File that claims a size without holding it. */
const sized = (size: number): File => Object.defineProperty(new File([], 'f'), 'size', { value: size })

describe('the plan of an import', () => {
  it('sends every item once and in order, in batches within the limits', () => {
    const items = fc.array(fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 100 * MiB })), {
      maxLength: 3_000,
      size: 'max',
    })
    fc.assert(
      fc.property(items, (sizes) => {
        const all = sizes.map((size, i): ImportItem => ({ path: `/${i}`, file: size === null ? null : sized(size) }))
        const parts = batches(all)
        expect(parts.flat()).toEqual(all)
        for (const part of parts) {
          const bytes = part.reduce((sum, item) => sum + (item.file?.size ?? 0), 0)
          expect(part.length).toBeGreaterThan(0)
          expect(part.length).toBeLessThanOrEqual(1_000)
          if (part.length > 1) expect(bytes).toBeLessThanOrEqual(64 * MiB)
        }
      }),
      { numRuns: runs(30) },
    )
  })

  it('puts files below the directory they were dropped on', () => {
    const file = new File(['abc'], 'x.csv')
    const plan = planImport('/raw', [
      { relativePath: 'week 1', file: null },
      { relativePath: 'week 1/x.csv', file },
    ])
    expect(plan.items.map((item) => item.path)).toEqual(['/raw/week 1', '/raw/week 1/x.csv'])
    expect([plan.files, plan.bytes]).toEqual([1, 3])
  })

  it('refuses a name that climbs out of the pond', () => {
    expect(() => planImport('/', [{ relativePath: '../x', file: null }])).toThrowError(
      expect.objectContaining({ code: 'tinyfs.above-root' }),
    )
  })

  it('frames content so that it can be read back', async () => {
    const content = new Uint8Array([1, 2, 3])
    const bytes = new Uint8Array(await bodyOf([{ path: '/a', file: new File([content], 'a') }]).arrayBuffer())
    const length = new DataView(bytes.buffer).getUint32(0, true)
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))).toEqual({ path: '/a', size: 3 })
    expect([...bytes.subarray(4 + length)]).toEqual([1, 2, 3])
  })
})
