/**
 * The versions of a series as files for SQL, as recipes read them: many small ones are united, 64 at a time, and of those whose
 * rows cannot be in a range one of each kind of columns stays, so that the table is the same.
 */
import { createHash } from 'node:crypto'
import type { Micros } from '../../../shared/model'
import type { SeriesPartFile } from '../../query'
import type { Moment, Steward } from '../../steward'
import { readParquetShape, spellColumns } from '../../tables'
import type { FileReader, NodeRef } from '../../tinyfs'
import { openParts, seriesParts, type SeriesPart } from '../../tlogfs'
import { plainBytes } from './plain-bytes'

export interface SeriesReading {
  /** Half open. Only versions that may have rows there are wanted; without it, all. */
  readonly ranges?: readonly { readonly from: Micros; readonly to: Micros }[]
}

/** Versions that are united, counted from the first: what is appended leaves them as they are. */
const UNITED = 64
/** Of all of them: larger ones are read as they are. */
const MOST_UNITED_BYTES = 16 << 20
/** Versions whose columns are remembered, by content. */
const KEPT_KINDS = 100_000

/** Consecutive versions that are one file. */
interface Piece {
  readonly parts: readonly SeriesPart[]
  /** Of its content, or of the hashes of what it unites. */
  readonly sha256: string
  readonly min: Micros | null
  readonly max: Micros | null
}

interface Context {
  readonly steward: Steward
  readonly moment: Moment
  readonly path: string
}

export async function seriesFilesFor(
  context: Context,
  node: NodeRef,
  { ranges }: SeriesReading,
): Promise<readonly SeriesPartFile[]> {
  const pieces = await united(context, await seriesParts(context.moment.backend, node))
  const chosen = ranges === undefined ? pieces : await within(context, pieces, ranges)
  return chosen.map((piece) => fileOf(context, piece))
}

async function united(context: Context, parts: readonly SeriesPart[]): Promise<readonly Piece[]> {
  const pieces: Piece[] = []
  for (let from = 0; from < parts.length; from += UNITED) {
    const some = parts.slice(from, from + UNITED)
    const whole = some.length === UNITED ? pieceOf(some) : undefined
    if (whole !== undefined && (await canBeUnited(context, whole))) pieces.push(whole)
    else pieces.push(...some.map((part) => pieceOf([part])))
  }
  return pieces
}

async function canBeUnited(context: Context, { parts, sha256 }: Piece): Promise<boolean> {
  const [first] = parts as readonly [SeriesPart]
  if (parts.reduce((sum, { size }) => sum + size, 0) > MOST_UNITED_BYTES) return false
  if (parts.some(({ timestampColumn }) => timestampColumn !== first.timestampColumn)) return false
  if ((await context.steward.derived.sizeOf(sha256)) !== undefined) return true
  const kinds = new Set<string>()
  for (const part of parts) kinds.add(await kindOf(context, part))
  return kinds.size === 1
}

/** Those that may have rows in a range, and of every other kind of columns the newest. */
async function within(
  context: Context,
  pieces: readonly Piece[],
  ranges: NonNullable<SeriesReading['ranges']>,
): Promise<readonly Piece[]> {
  const chosen = new Set(pieces.filter((piece) => mayHaveRows(piece, ranges)))
  const kinds = new Map<string, Piece>()
  for (const piece of [...pieces.filter((each) => !chosen.has(each)), ...chosen]) {
    kinds.set(await kindOf(context, piece.parts[0]!), piece)
  }
  for (const piece of kinds.values()) chosen.add(piece)
  return pieces.filter((piece) => chosen.has(piece))
}

function mayHaveRows({ parts, min, max }: Piece, ranges: NonNullable<SeriesReading['ranges']>): boolean {
  if (parts.some(({ timestampColumn }) => timestampColumn === null)) return ranges.length > 0
  // Its rows are at no time.
  if (min === null || max === null) return false
  return ranges.some(({ from, to }) => max >= from && min < to)
}

function pieceOf(parts: readonly SeriesPart[]): Piece {
  const mins = parts.flatMap(({ minEventTime }) => minEventTime ?? [])
  const maxs = parts.flatMap(({ maxEventTime }) => maxEventTime ?? [])
  const hashes = parts.map(({ sha256 }) => sha256)
  return {
    parts,
    sha256: parts.length === 1 ? hashes[0]! : createHash('sha256').update(`united ${hashes.join()}`).digest('hex'),
    min: mins.length === 0 ? null : Math.min(...mins),
    max: maxs.length === 0 ? null : Math.max(...maxs),
  }
}

function fileOf({ steward, moment, path }: Context, piece: Piece): SeriesPartFile {
  const { parts, sha256, min, max } = piece
  const { backend } = moment
  const last = parts.at(-1)!
  const isOne = parts.length === 1
  const reader = (): Promise<FileReader> => (isOne ? backend.openState(last.state) : openParts(backend, parts, path))
  const rows = parts.map((part) => part.rows)
  return {
    nodeVersion: last.nodeVersion,
    version: last.version,
    size: parts.reduce((sum, { size }) => sum + size, 0),
    sha256,
    rows: rows.every((count) => count !== null) ? rows.reduce<number>((sum, count) => sum + count, 0) : null,
    timestampColumn: last.timestampColumn,
    minEventTime: min,
    maxEventTime: max,
    open: async () => plainBytes(await reader()),
    hostFile: async () => {
      if (isOne) return steward.cache.hostFile(last.state, backend)
      const made = await steward.derived.file(sha256, async ({ write }) => {
        const opened = await reader()
        try {
          await write(opened.chunks())
        } finally {
          await opened.close()
        }
      })
      // It is small, and the cache is larger.
      if (made === 'too-large') throw new Error(`${path} is too large to be united`)
      return made.hostPath
    },
  }
}

/** By content: which columns it has, and of which types. */
const kinds = new Map<string, string>()

async function kindOf({ moment }: Context, { state, sha256 }: SeriesPart): Promise<string> {
  const known = kinds.get(sha256)
  if (known !== undefined) return known
  const reader = await moment.backend.openState(state)
  try {
    const shape = await readParquetShape(reader)
    // What is damaged fails when it is read.
    const kind = 'problem' in shape ? `damaged ${sha256}` : spellColumns(shape.metadata)
    const hash = createHash('sha256').update(kind).digest('hex')
    kinds.set(sha256, hash)
    if (kinds.size > KEPT_KINDS) kinds.delete(kinds.keys().next().value!)
    return hash
  } finally {
    await reader.close()
  }
}
