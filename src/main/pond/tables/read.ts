/**
 * Tables and series by path, read as rows: Arrow batches or records, one part of a series after the other.
 * Memory holds one batch and one row group, however long a series is.
 */
import { TableOutput } from '../../recipes'
import type { RecordBatch, Schema } from 'apache-arrow'
import { PondError } from '../../../shared/errors'
import type { At } from '../../../shared/model'
import { nearest } from '../../../shared/nearest'
import { quote } from '../../../shared/path'
import type { Pace } from '../../platform'
import type { Moment, SeriesPart } from '../../steward'
import {
  arrowSchemaOf,
  chooseColumns,
  overlaps,
  readBatches,
  readParquetShape,
  recordsOf,
  rowsInRange,
  type ParquetShape,
  type TableRecord,
  type TimeRange,
} from '../../tables'
import type { FileReader } from '../../tinyfs'

export interface ReadRowsOptions {
  /** Default `pending`. */
  readonly at?: At
  /** Top-level columns, all when absent. */
  readonly columns?: readonly string[]
  /** Rows of a batch at most; less where rows are large. Default 8,192. */
  readonly batchRows?: number
}

/** Both ends in microseconds: from the first on, up to and without the last. */
export type ReadSeriesOptions = ReadRowsOptions & TimeRange

/** The rows of a table or series, read as they are asked for; each iteration reads anew. */
export class TableRows implements AsyncIterable<RecordBatch> {
  readonly #batches: () => AsyncGenerator<RecordBatch>

  constructor(batches: () => AsyncGenerator<RecordBatch>) {
    this.#batches = batches
  }

  /** Arrow batches of bounded size, in order. */
  [Symbol.asyncIterator](): AsyncGenerator<RecordBatch> {
    return this.#batches()
  }

  /** The same rows as records, exactly: see docs/engine.md for what a value of each type is. */
  async *records(): AsyncGenerator<TableRecord> {
    for await (const batch of this.#batches()) yield* recordsOf(batch)
  }
}

/** The same, with rests: coding rows waits for nothing by itself, and others want the event loop, too. */
export async function* paced(batches: AsyncIterable<RecordBatch>, pace: Pace): AsyncGenerator<RecordBatch> {
  for await (const batch of batches) {
    if (pace.due) await pace.rest()
    yield batch
  }
}

/** @throws tlogfs.not-a-table where the file at the path is no Parquet */
export async function* tableRows(moment: Moment, path: string, options: ReadRowsOptions): AsyncGenerator<RecordBatch> {
  const { node, path: place } = await moment.fs.find(path)
  if (node.fileType === 'file:series') {
    yield* seriesRows(moment, path, options)
    return
  }
  const reader = await moment.fs.open(path)
  try {
    const shape = await mustShape(reader, place)
    refuseMissing(options.columns ?? [], namesOf(shape), place)
    yield* readBatches(reader, { ...options, path: place, shape })
  } finally {
    await reader.close()
  }
}

/** The Arrow schema of a table; of a series, that of its newest version. @throws tlogfs.not-a-table */
export async function tableSchema(moment: Moment, path: string): Promise<Schema> {
  const { fs, backend } = moment
  const { node, path: place } = await fs.find(path)
  if (!node.fileType.startsWith('file:')) throw notATable(place, `it is ${node.fileType}`)
  const isStored = moment.computed(node) === undefined
  const reader = isStored ? await backend.openState(await backend.mustState(node)) : await fs.open(path)
  try {
    return await arrowSchemaOf(reader, await mustShape(reader, place), place)
  } finally {
    await reader.close()
  }
}

/** @throws tlogfs.not-a-series */
export async function* seriesRows(
  moment: Moment,
  path: string,
  { columns, batchRows, ...range }: ReadSeriesOptions,
): AsyncGenerator<RecordBatch> {
  const computed = moment.computed((await moment.fs.find(path)).node)
  if (computed instanceof TableOutput && computed.fileType === 'file:series') {
    // It is one file, whatever it was made of.
    const reader = await moment.fs.open(path)
    try {
      if (columns !== undefined) refuseMissing(columns, namesOf(await mustShape(reader, path)), path)
      yield* partRows(
        reader,
        { timestampColumn: computed.timeColumn, nodeVersion: 0 },
        { path, columns, batchRows, range },
      )
    } finally {
      await reader.close()
    }
    return
  }
  const parts = await moment.seriesParts(path)
  if (columns !== undefined) await refuseUnknown(columns, parts, { moment, path })
  for (const part of parts) {
    if (!overlaps(range, part.minEventTime, part.maxEventTime)) continue
    const reader = await moment.openPart(part)
    try {
      yield* partRows(reader, part, { path, columns, batchRows, range })
    } finally {
      await reader.close()
    }
  }
}

async function* partRows(
  reader: FileReader,
  { timestampColumn, nodeVersion }: Pick<SeriesPart, 'timestampColumn' | 'nodeVersion'>,
  options: {
    readonly path: string
    readonly columns: readonly string[] | undefined
    readonly batchRows: number | undefined
    readonly range: TimeRange
  },
): AsyncGenerator<RecordBatch> {
  const path = nodeVersion === 0 ? options.path : `${options.path} (node version ${nodeVersion})`
  const shape = await mustShape(reader, path)
  const { range, batchRows } = options
  // A later version may have columns that an earlier one has not.
  const there = options.columns?.filter((name) => shape.columns.some((column) => column.name === name))
  const isPart = range.from !== undefined || range.to !== undefined
  const needed =
    isPart && timestampColumn !== null && there !== undefined ? [...new Set([...there, timestampColumn])] : there
  for await (const batch of readBatches(reader, { path, shape, columns: needed, batchRows })) {
    for (const rows of isPart ? rowsInRange(batch, timestampColumn ?? '', range) : [batch])
      yield there === undefined || there.length === needed?.length ? rows : chooseColumns(rows, there)
  }
}

/** A column need not be in every version, but in one: the newest are asked first. */
async function refuseUnknown(
  columns: readonly string[],
  parts: readonly SeriesPart[],
  { moment, path }: { readonly moment: Moment; readonly path: string },
): Promise<void> {
  const known = new Set<string>()
  for (const part of parts.toReversed()) {
    const reader = await moment.openPart(part)
    try {
      for (const name of namesOf(await mustShape(reader, path))) known.add(name)
    } finally {
      await reader.close()
    }
    if (columns.every((name) => known.has(name))) return
  }
  refuseMissing(columns, [...known], path)
}

/** @throws tables.bad-schema with what may have been meant */
function refuseMissing(columns: readonly string[], known: readonly string[], path: string): void {
  const column = columns.find((name) => !known.includes(name))
  if (column === undefined) return
  const candidates = nearest(column, known)
  const message = `${quote(path)} has no column ${quote(column)}: it has ${known.join(', ')}`
  throw new PondError('tables.bad-schema', message, { path, column, candidates })
}

function namesOf({ columns }: ParquetShape): string[] {
  return columns.map(({ name }) => name)
}

async function mustShape(reader: FileReader, path: string): Promise<ParquetShape> {
  const shape = await readParquetShape(reader)
  if (!('problem' in shape)) return shape
  throw notATable(path, shape.problem)
}

function notATable(path: string, reason: string): PondError {
  return new PondError('tlogfs.not-a-table', `${quote(path)} cannot be read as rows: ${reason}`, { path, reason })
}
