import { afterEach, describe, expect, it, vi } from 'vitest'
import { costs } from '../steward/costs'

afterEach(() => vi.restoreAllMocks())

describe('beside 100,000 pending files', () => {
  it('staging, a status, a listing and a diff of one entry touch as much as beside 200', async () => {
    expect(await costs(100_000)).toEqual(await costs(200))
  })
})
