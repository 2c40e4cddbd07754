/**
 * How large workloads are. The short form ends within ten minutes; `npm run bench -- full` has a history of 100,000
 * versions and a pond of 1,000,000 entries, made once and kept in `.bench`, and takes what it takes.
 */
import { join } from 'node:path'

export const isFull = process.argv.includes('full')

/** Versions of the long history. */
export const VERSIONS = Number(process.env['POND_BENCH_VERSIONS'] ?? (isFull ? 100_000 : 10_000))

/** Entries of the pond that is opened to measure memory. */
export const ENTRIES = isFull ? 1_000_000 : 100_000

/** Bytes of the file whose import is measured for memory. */
export const IMPORTED_BYTES = (isFull ? 2 : 1) * 2 ** 30

/** Rows that a process of its own streams and exports. */
export const STREAMED_ROWS = Number(process.env['POND_BENCH_ROWS'] ?? (isFull ? 10_000_000 : 3_000_000))

/** Rows that are reduced. */
export const REDUCED_ROWS = Number(process.env['POND_BENCH_REDUCED'] ?? (isFull ? 30_000_000 : 3_000_000))

/** Small files that are copied in one go. */
export const SMALL_FILES = isFull ? 100_000 : 20_000

/** Rows of the oplog that SQL is asked of. */
export const OPLOG_ROWS = isFull ? 1_000_000 : 250_000

/** Runs of what takes some ten seconds each. */
export const SOME_RUNS = isFull ? 7 : 3

/** Runs of what takes most of a minute each. */
export const LONG_RUNS = isFull ? 3 : 1

/** Where what takes long to make is kept; undefined where it goes with the run. */
export const KEPT = process.env['POND_BENCH_HISTORY'] ?? (isFull ? join(import.meta.dirname, '../.bench') : undefined)
