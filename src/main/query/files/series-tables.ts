/**
 * A series as files for DuckDB: its versions in order, each a Parquet file, without those that a WHERE
 * cannot need. What is left out is not opened, checked or copied. The newest version always stays, so that
 * a range without rows still has columns.
 */
import { overlaps, type TimeRanges } from '../sql/event-range'
import type { ReadableFile } from './path-tables'
import type { SeriesPartFile, TableFile } from '../source'

/** Parts that are made readable at a time. */
const AT_ONCE = 16

export interface SeriesFiles {
  readonly files: readonly ReadableFile[]
  /** Versions that were left out. */
  readonly skipped: number
}

export async function seriesFiles(file: TableFile, ranges: TimeRanges | undefined): Promise<SeriesFiles> {
  const parts = await file.parts!()
  const kept = parts.filter((part, index) => index === parts.length - 1 || mayMatch(part, ranges))
  if (kept.length === 0) return { files: [{ file, hostPath: await file.hostFile() }], skipped: 0 }
  const files: ReadableFile[] = []
  for (let from = 0; from < kept.length; from += AT_ONCE) {
    const some = kept.slice(from, from + AT_ONCE)
    files.push(...(await Promise.all(some.map(async (part) => ({ file, part, hostPath: await part.hostFile() })))))
  }
  return { files, skipped: parts.length - kept.length }
}

function mayMatch({ timestampColumn, minEventTime, maxEventTime }: SeriesPartFile, ranges: TimeRanges | undefined) {
  const range = timestampColumn === null ? undefined : ranges?.get(timestampColumn.toLowerCase())
  return range === undefined || overlaps(range, minEventTime, maxEventTime)
}
