import { describe, expect, it } from 'vitest'
import { SimStorage } from '../../src/main/platform/sim'
import { counted } from '../../src/main/platform/testing/counted'
import { TestPond } from './test-pond'

describe('large content as a file of the host', () => {
  it('is hashed once, however many ask for it at the same time', async () => {
    const plain = new SimStorage()
    const size = 300_000
    const first = await TestPond.create(plain)
    await first.put('/large', new Uint8Array(size).fill(7))
    const { storage, during } = counted(plain.anotherProcess(), (file) => file.startsWith('large/'))
    const pond = await first.another(storage)
    const { fs, backend } = await pond.engine.moment('pending')
    const state = await backend.mustState((await fs.find('/large')).node)
    const cost = await during(async () => {
      const places = await Promise.all([1, 2, 3, 4].map(() => pond.steward.cache.hostFile(state, backend)))
      expect(new Set(places).size).toBe(1)
    })
    expect(cost.bytesRead).toBeLessThan(size * 1.5)
    const again = await during(() => pond.steward.cache.hostFile(state, backend))
    expect(again.bytesRead).toBe(0)
  })
})
