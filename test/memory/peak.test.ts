/** What long work takes of memory, each in a process of its own. `POND_MEMORY=all` also tries what takes minutes. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LIMIT, peakOf, run, type Peak } from './peak'

const ALL = process.env['POND_MEMORY'] === 'all'
const GIB = 1 << 30
const EXPORTED = 10_000_000
const PENDING = 100_000
const PENDING_KB = 4
/** Of a file that is copied in and of what becomes pending of it. */
const COPIED_KB = 4
const ENTRIES = ALL ? 1_000_000 : 100_000

function within<T>({ result, baseline, peak }: Peak<T>): T {
  expect(peak - baseline, 'bytes over the baseline').toBeLessThan(LIMIT)
  return result
}

describe('within 300 MB over the baseline', () => {
  it('takes a file of 1 GiB in and out, byte for byte', async () => {
    expect(within(await peakOf('big-file', String(GIB)))).toEqual({ same: true, bytes: GIB })
  })

  for (const format of ALL ? ['parquet', 'csv', 'jsonl', 'arrow'] : ['parquet']) {
    it(`exports ten million rows as ${format}`, async () => {
      expect(within(await peakOf<{ rows: number }>('export-rows', format))).toMatchObject({ rows: EXPORTED })
    })
  }

  it('appends a thousand versions to a series, reads it and queries it', async () => {
    expect(within(await peakOf('series', '1000'))).toEqual({
      isWhole: true,
      typed: 5_000_000,
      rows: 5_000_000,
      range: 5_000,
    })
  })

  it('opens and commits a hundred thousand pending files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pond-pending-'))
    try {
      await run('commit-pending', 'make', folder, String(PENDING))
      expect(within(await peakOf('commit-pending', 'commit', folder))).toEqual({
        pending: PENDING + PENDING / 1_000,
        outcome: 'committed',
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it(`opens a pond of ${ENTRIES.toLocaleString('en')} entries and lists directories of it`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pond-entries-'))
    try {
      await run('entries', 'make', folder, String(ENTRIES))
      expect(within(await peakOf('entries', 'open', folder))).toEqual({
        totalNodes: ENTRIES + ENTRIES / 1_000,
        directories: ENTRIES / 1_000,
        last: 1_000,
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

it(`copies a hundred thousand files of 1 KiB in within ${COPIED_KB} KB for each`, async () => {
  const { result, baseline, peak } = await peakOf('copied-files', String(PENDING))
  expect(result).toEqual({ files: PENDING, pendingOperations: PENDING + PENDING / 1_000 + 1 })
  expect(peak - baseline).toBeLessThan(PENDING * COPIED_KB * 1e3)
})

it(`holds, shows, queries and commits a hundred thousand pending files within ${PENDING_KB} KB for each`, async () => {
  const { result, baseline, peak } = await peakOf('pending-files', String(PENDING))
  expect(result).toEqual({
    pending: PENDING + PENDING / 1_000,
    listed: 1_000,
    files: PENDING + 1 + PENDING / 1_000 + 1,
    outcome: 'committed',
  })
  expect(peak - baseline).toBeLessThan(PENDING * PENDING_KB * 1e3)
})
