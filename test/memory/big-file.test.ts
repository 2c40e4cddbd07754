import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const LIMIT = 300e6

it('a file of 1 GiB goes in and out byte for byte within 300 MB of the resident memory before', async () => {
  const script = join(import.meta.dirname, 'one-gib.ts')
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script])
  const { same, bytes, baseline, peak } = JSON.parse(stdout) as {
    same: boolean
    bytes: number
    baseline: number
    peak: number
  }
  expect(same).toBe(true)
  expect(bytes).toBe(1 << 30)
  expect(peak - baseline).toBeLessThan(LIMIT)
})
