/**
 * What a series is beyond its newest version: the facts of all its parts together, carried from node
 * version to node version in `extended_attributes.series`, so that size, rows and time range of a long
 * series are known from one row. Drawn in docs/formats.md.
 */
import { createHash } from 'node:crypto'
import type { Micros } from '../../../shared/model'
import type { NodeState } from './node-state'
import type { Operation } from './operation'

export interface SeriesFacts {
  /** Column of the event times; null where nobody said. */
  readonly timestampColumn: string | null
  /** Of the newest part; null where nobody counted. */
  readonly rows: number | null
  /** Of all parts. */
  readonly parts: number
  readonly totalRows: number | null
  readonly totalBytes: number
  readonly minEventTime: Micros | null
  readonly maxEventTime: Micros | null
  /** Equal for equal parts in equal order: the SHA-256 of the only part, or of the hash so far and the next part's. */
  readonly chain: string
  /** The parts are those of this earlier node version, and nothing else: the series went back to it. */
  readonly partsOf?: number
}

/** What an operation says of the part it brings; the rest of the facts is computed on replay. */
export interface PartFacts {
  readonly timestampColumn: string
  readonly rows: number
}

type Described = Pick<NodeState, 'node' | 'size' | 'sha256' | 'minEventTime' | 'maxEventTime' | 'attributes'>

/** The facts of a series; null for everything else. One whose rows say nothing is a series of one part. */
export function seriesFacts(state: Described): SeriesFacts | null {
  if (state.node.fileType !== 'file:series') return null
  return asFacts(state.attributes['series']) ?? onePart(state, undefined)
}

/** The facts after an operation that brings content to a series. */
export function factsAfter(before: NodeState | null, operation: Operation, after: NodeState): SeriesFacts {
  const said = asObject(operation.attributes['series'])
  // One that goes back says everything: the parts are older ones.
  const whole = said !== undefined && 'partsOf' in said ? asFacts(said) : undefined
  if (whole !== undefined) return whole
  const part = onePart(after, said)
  const known = before === null || operation.kind !== 'append' ? null : seriesFacts(before)
  if (known === null) return part
  return {
    timestampColumn: part.timestampColumn ?? known.timestampColumn,
    rows: part.rows,
    parts: known.parts + 1,
    totalRows: known.totalRows === null || part.rows === null ? null : known.totalRows + part.rows,
    totalBytes: known.totalBytes + part.totalBytes,
    minEventTime: least(known.minEventTime, part.minEventTime),
    maxEventTime: greatest(known.maxEventTime, part.maxEventTime),
    chain: createHash('sha256').update(`${known.chain}/${part.chain}`).digest('hex'),
  }
}

/** True for a series of several versions: no row has the bytes of all. */
export function hasManyParts(state: NodeState): boolean {
  return (seriesFacts(state)?.parts ?? 1) > 1
}

/** Bytes that reading a node is about: of all parts of a series, of the content of any other file. */
export function contentBytes(state: NodeState): number | null {
  return seriesFacts(state)?.totalBytes ?? state.size
}

/** Equal for nodes that read the same: a series by its parts, any other file by its content. */
export function contentHash(state: NodeState): string | null {
  return seriesFacts(state)?.chain ?? state.sha256
}

function onePart(state: Described, said: Record<string, unknown> | undefined): SeriesFacts {
  const { minEventTime, maxEventTime } = state
  const rows = typeof said?.['rows'] === 'number' ? said['rows'] : null
  const column = said?.['timestampColumn']
  return {
    timestampColumn: typeof column === 'string' ? column : null,
    rows,
    parts: 1,
    totalRows: rows,
    totalBytes: state.size ?? 0,
    minEventTime,
    maxEventTime,
    chain: state.sha256 ?? '',
  }
}

/** Attributes are advice: an incomplete object counts as absent. */
function asFacts(value: unknown): SeriesFacts | undefined {
  const facts = asObject(value)
  if (facts === undefined) return undefined
  const complete =
    typeof facts['parts'] === 'number' && typeof facts['totalBytes'] === 'number' && typeof facts['chain'] === 'string'
  // Its own writer spelled the rest: numbers, texts or null.
  return complete ? (facts as unknown as SeriesFacts) : undefined
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

function least(a: Micros | null, b: Micros | null): Micros | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b)
}

function greatest(a: Micros | null, b: Micros | null): Micros | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}
