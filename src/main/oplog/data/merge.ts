/**
 * Sorting rows and merging sorted ones, as streams of bounded batches: nothing here holds more of its
 * inputs than one batch of each, or blocks for longer than one batch takes.
 */
import type { World } from '../../platform'
import type { OplogRow, RowKey } from './row'
import { compareRows } from './oplog-table'

interface Cursor<Row extends RowKey> {
  readonly batches: AsyncIterator<readonly Row[]>
  rows: readonly Row[]
  index: number
}

export interface BatchLimit<Row extends RowKey = OplogRow> {
  readonly rows: number
  readonly bytes: number
  readonly bytesOf: (row: Row) => number
}

/** Rows sorted without a pause. */
const RUN_ROWS = 8_192

/** The rows in the order of a data file, with a pause after each run and each batch. */
export async function* sortRows<Row extends RowKey>(
  rows: readonly Row[],
  limit: BatchLimit<Row>,
  clock: World['clock'],
): AsyncGenerator<readonly Row[]> {
  const runs: Row[][] = []
  for (let start = 0; start < rows.length; start += RUN_ROWS) {
    if (start > 0) await clock.sleep(0)
    runs.push(rows.slice(start, start + RUN_ROWS).sort(compareRows))
  }
  for await (const batch of mergeRows(
    runs.map((run) => once(run)),
    limit,
  )) {
    yield batch
    if (runs.length > 1) await clock.sleep(0)
  }
}

async function* once<Row>(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  yield rows
}

/**
 * Batches within the limits, none empty, unless a single row is beyond them.
 * @throws RangeError where an input is not in the order of `compareRows`
 */
export async function* mergeRows<Row extends RowKey>(
  inputs: readonly AsyncIterable<readonly Row[]>[],
  limit: BatchLimit<Row>,
): AsyncGenerator<readonly Row[]> {
  const heap: Cursor<Row>[] = []
  for (const input of inputs) {
    const cursor: Cursor<Row> = { batches: input[Symbol.asyncIterator](), rows: [], index: 0 }
    if (await fill(cursor)) push(heap, cursor)
  }
  let batch: Row[] = []
  let bytes = 0
  let last: Row | undefined
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    const row = top.rows[top.index++]!
    if (last !== undefined && compareRows(last, row) > 0) throw new RangeError(`rows are not in order at ${row.nodeId}`)
    last = row
    const size = limit.bytesOf(row)
    if (batch.length > 0 && (batch.length >= limit.rows || bytes + size > limit.bytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(row)
    bytes += size
    if (top.index === top.rows.length && !(await fill(top))) removeTop(heap)
    else siftDown(heap)
  }
  if (batch.length > 0) yield batch
}

/** False at the end of the input. */
async function fill<Row extends RowKey>(cursor: Cursor<Row>): Promise<boolean> {
  do {
    const { done, value } = await cursor.batches.next()
    if (done === true) return false
    cursor.rows = value
    cursor.index = 0
  } while (cursor.rows.length === 0)
  return true
}

function isBefore(a: Cursor<RowKey>, b: Cursor<RowKey>): boolean {
  return compareRows(a.rows[a.index]!, b.rows[b.index]!) < 0
}

function push<Row extends RowKey>(heap: Cursor<Row>[], cursor: Cursor<Row>): void {
  heap.push(cursor)
  for (let child = heap.length - 1; child > 0;) {
    const parent = (child - 1) >> 1
    if (!isBefore(heap[child]!, heap[parent]!)) return
    swap(heap, child, parent)
    child = parent
  }
}

function removeTop<Row extends RowKey>(heap: Cursor<Row>[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  heap[0] = last
  siftDown(heap)
}

function siftDown<Row extends RowKey>(heap: Cursor<Row>[]): void {
  for (let parent = 0; ;) {
    let least = parent
    for (const child of [2 * parent + 1, 2 * parent + 2]) {
      if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child
    }
    if (least === parent) return
    swap(heap, parent, least)
    parent = least
  }
}

function swap<Row extends RowKey>(heap: Cursor<Row>[], a: number, b: number): void {
  const kept = heap[a]!
  heap[a] = heap[b]!
  heap[b] = kept
}

/** A stream of batches that is consumed in portions. */
export class Portions {
  readonly #batches: AsyncIterator<readonly OplogRow[]>
  #next: IteratorResult<readonly OplogRow[]> | undefined

  constructor(batches: AsyncIterable<readonly OplogRow[]>) {
    this.#batches = batches[Symbol.asyncIterator]()
  }

  async isAtEnd(): Promise<boolean> {
    this.#next ??= await this.#batches.next()
    return this.#next.done === true
  }

  /** The batches up to the first at which `goOn` says no; that one begins the next portion. */
  async *take(goOn: () => boolean): AsyncGenerator<readonly OplogRow[]> {
    while (goOn() && !(await this.isAtEnd())) {
      const rows = this.#next!.value as readonly OplogRow[]
      this.#next = undefined
      yield rows
    }
  }
}
