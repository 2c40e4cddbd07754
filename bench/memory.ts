/** Resident memory of long work, each in a process of its own: the scripts of test/memory at their full size. */
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { peakOf, run, type Peak } from '../test/memory/peak'
import type { Row } from './measure'
import { ENTRIES, IMPORTED_BYTES, KEPT } from './sizes'
import { temporary } from './world'

const LIMIT_MB = 300
const ROWS = 10_000_000
const VERSIONS = 1_000

export async function memoryOfEntries(): Promise<Row> {
  const folder = KEPT === undefined ? await temporary('entries') : join(KEPT, `entries-${ENTRIES}`)
  if (!existsSync(join(folder, 'pond.json'))) await run('entries', 'make', folder, String(ENTRIES))
  const peak = await peakOf<{ directories: number }>('entries', 'open', folder)
  // A making that was stopped leaves fewer, for the next run to find.
  if (peak.result.directories !== ENTRIES / 1_000) {
    await rm(folder, { recursive: true })
    throw new Error(`${folder} was not whole; it was removed, and is made anew by the next run`)
  }
  return row(`memory: ${ENTRIES.toLocaleString('en')} entries open`, peak)
}

export async function memoryOfExport(): Promise<Row> {
  return row(
    `memory: export of ${ROWS.toLocaleString('en')} rows`,
    await peakOf('export-rows', 'parquet', String(ROWS)),
  )
}

export async function memoryOfImport(): Promise<Row> {
  return row('memory: import of one big file', await peakOf('big-file', String(IMPORTED_BYTES)))
}

export async function memoryOfSeries(): Promise<Row> {
  return row(`memory: a series of ${VERSIONS.toLocaleString('en')} versions`, await peakOf('series', String(VERSIONS)))
}

function row(workload: string, { baseline, peak }: Peak<unknown>): Row {
  const over = (peak - baseline) / 1e6
  const sample = (name: string, bytes: number) => ({ name, medianMs: bytes / 1e6, p95Ms: bytes / 1e6, runs: 1 })
  return {
    workload,
    unit: 'MB',
    samples: [sample('resident before', baseline), sample('resident at most', peak)],
    verdict: {
      measured: `${over.toFixed(0)} MB over the baseline`,
      target: `<= ${LIMIT_MB} MB`,
      met: over <= LIMIT_MB,
    },
  }
}
