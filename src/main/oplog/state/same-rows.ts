/**
 * Comparing, row by row, what a rearrangement took out of the table with what it brought: the same rows in
 * any order, or not. Every column counts, content by its hash. Memory is bounded as long as they are the same.
 */
import { createHash } from 'node:crypto'
import { isPondError, PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import type { Commit } from '../log/action'
import { closeAll, type DataFiles } from '../data/data-files'
import { isOthersRearrangement, movedFiles } from './rearrangement'
import type { OplogRow } from '../data/row'
import { scanFile } from '../data/scan'
import { engineOf, type LiveFile, type TableState } from './state'
import { OPLOG_COLUMNS } from '../data/oplog-table'

/** Null where they are the same rows; `unknown` where a file is gone; else what is not the same, as the end of a sentence. */
export type Sameness = null | 'unknown' | { readonly difference: string }

/** Of another engine's rearrangement, given the state before it. Anything else is the same. */
export async function compareRearranged(data: DataFiles, before: TableState, commit: Commit): Promise<Sameness> {
  if (!isOthersRearrangement(commit)) return null
  const { removed, added } = movedFiles(before, commit)
  return compareRows(data, removed, added)
}

/** What a difference comes to. */
export function notTheSame(commit: Commit, { difference }: { readonly difference: string }): PondError {
  const { version: deltaVersion } = commit
  const message = `Delta version ${deltaVersion}, by ${engineOf(commit)}, says that it only rearranged rows, but ${difference}`
  return new PondError('oplog.foreign-commit', message, { deltaVersion })
}

async function compareRows(
  data: DataFiles,
  removed: readonly LiveFile[],
  added: readonly LiveFile[],
): Promise<Sameness> {
  const before = await sumOf(data, removed)
  const after = before && (await sumOf(data, added))
  if (before === undefined || after === undefined) return 'unknown'
  if (before.rows === after.rows && before.sum === after.sum) return null
  return { difference: await firstDifference(data, removed, added) }
}

const BITS = 128n
const MASK = (1n << BITS) - 1n

/** The hashes of all rows, added up: the same for the same rows in any order. Undefined where a file is gone. */
async function sumOf(
  data: DataFiles,
  files: readonly LiveFile[],
): Promise<{ readonly rows: number; readonly sum: bigint } | undefined> {
  let rows = 0
  let sum = 0n
  try {
    for (const file of files)
      for await (const row of rowsOf(data, file)) {
        rows++
        const hash = hashOf(row)
        sum = (sum + ((hash.readBigUInt64LE(0) << 64n) | hash.readBigUInt64LE(8))) & MASK
      }
  } catch (error) {
    if (isPondError(error, 'platform.not-found')) return undefined
    throw error
  }
  return { rows, sum }
}

/** In words. Holds a hash for each row. */
async function firstDifference(
  data: DataFiles,
  removed: readonly LiveFile[],
  added: readonly LiveFile[],
): Promise<string> {
  const known = new Map<string, string>()
  for (const file of removed)
    for await (const row of rowsOf(data, file)) known.set(keyOf(row), hashOf(row).toString('base64'))
  for (const file of added)
    for await (const row of rowsOf(data, file)) {
      const hash = known.get(keyOf(row))
      if (hash === undefined) return `${nameOf(row)} is not among the rows that it removed, or is there twice`
      if (hash !== hashOf(row).toString('base64')) return `${nameOf(row)} is not as it was`
      known.delete(keyOf(row))
    }
  const [lost] = known.keys()
  return `the row of node ${lost?.replace('/', ' at node version ')} is missing`
}

async function* rowsOf(data: DataFiles, file: LiveFile): AsyncGenerator<OplogRow> {
  const opened = await data.open(file)
  try {
    for await (const rows of scanFile(opened, { content: true })) yield* rows
  } finally {
    await closeAll([opened])
  }
}

function hashOf(row: OplogRow): Buffer {
  const hash = createHash('sha256')
  for (const { field } of OPLOG_COLUMNS) {
    const value = row[field]
    // Lengths keep neighbours apart; null is none.
    if (value === null) hash.update('-;')
    else {
      const part = value instanceof Uint8Array ? value : Buffer.from(String(value))
      hash.update(`${part.length};`).update(part)
    }
  }
  return hash.digest()
}

function keyOf({ nodeId, version }: OplogRow): string {
  return `${nodeId}/${version}`
}

function nameOf({ path, nodeId, version }: OplogRow): string {
  return `the row of ${path === null ? `node ${nodeId}` : quote(path)} at node version ${version}`
}
