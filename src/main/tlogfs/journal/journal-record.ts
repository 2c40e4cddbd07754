/**
 * The records of a journal as a closed union. What is not one of them, in its kind or in a field, was written
 * by a newer DuckPond: going on without it would let the next generation of the journal drop it.
 */
import { PondError } from '../../../shared/errors'
import { FILE_TYPES, OPERATION_KINDS } from '../../../shared/model'
import { journalDamaged, type JournalMeta } from './journal-frames'
import { hasAttributes, NO_ATTRIBUTES, type Operation } from '../content/operation'
import type { Range } from './ranges'

export type JournalRecord =
  | { readonly kind: 'operation'; readonly seq: number; readonly operation: Operation }
  | {
      readonly kind: 'discard'
      readonly seq: number
      readonly seqs: readonly Range[]
      readonly failing: readonly Range[]
      readonly undoes: number | null
    }
  | { readonly kind: 'displacement'; readonly seq: number; readonly seqs: readonly Range[] }
  | { readonly kind: 'undo'; readonly seq: number; readonly discard: number }
  | { readonly kind: 'intent'; readonly seq: number; readonly transactionId: string; readonly seqs: readonly Range[] }

type Kind = JournalRecord['kind']

/** What each kind may have besides `kind` and `seq`; `at` tells people when, and `end` closes an action. */
const FIELDS: Readonly<Record<Kind, ReadonlySet<string>>> = {
  operation: new Set(['operation']),
  discard: new Set(['seqs', 'failing', 'undoes', 'at']),
  displacement: new Set(['seqs', 'at']),
  undo: new Set(['discard', 'at']),
  intent: new Set(['transactionId', 'seqs', 'at']),
}
const OF_ALL: ReadonlySet<string> = new Set(['kind', 'seq', 'end'])
const OPERATION_FIELDS: ReadonlySet<string> = new Set<keyof Operation>([
  'kind',
  'nodeId',
  'fileType',
  'place',
  'from',
  'stagedAt',
  'size',
  'sha256',
  'baseSha256',
  'target',
  'priorVersion',
  'minEventTime',
  'maxEventTime',
  'attributes',
])
const KINDS: ReadonlySet<unknown> = new Set(OPERATION_KINDS)
const TYPES: ReadonlySet<unknown> = new Set(FILE_TYPES)

/** @throws tlogfs.newer-journal, tlogfs.journal-damaged */
export function readRecord(meta: JournalMeta, path: string): JournalRecord {
  const { kind } = meta
  if (!isKind(kind)) throw newerJournal(path, `a record of the kind ${JSON.stringify(kind)}`)
  for (const field in meta)
    if (!OF_ALL.has(field) && !FIELDS[kind].has(field)) throw newerJournal(path, `${field} of a record "${kind}"`)
  const seq = must(meta, 'seq', isCount, path)
  switch (kind) {
    case 'operation':
      return { kind, seq, operation: readOperation(must(meta, 'operation', isObject, path), path, seq) }
    case 'discard': {
      const seqs = must(meta, 'seqs', isRanges, path)
      const failing = meta['failing'] === undefined ? [] : must(meta, 'failing', isRanges, path)
      const undoes = (meta['undoes'] ?? null) === null ? null : must(meta, 'undoes', isCount, path)
      return { kind, seq, seqs, failing, undoes }
    }
    case 'displacement':
      return { kind, seq, seqs: must(meta, 'seqs', isRanges, path) }
    case 'undo':
      return { kind, seq, discard: must(meta, 'discard', isCount, path) }
    case 'intent': {
      const transactionId = must(meta, 'transactionId', isText, path)
      return { kind, seq, transactionId, seqs: must(meta, 'seqs', isRanges, path) }
    }
  }
}

/** @throws tlogfs.journal-damaged where the field is not what it has to be */
function must<T>(meta: JournalMeta, field: string, is: (value: unknown) => value is T, path: string): T {
  const value = meta[field]
  if (is(value)) return value
  throw journalDamaged(
    path,
    `its record ${String(meta['seq'])} (${String(meta['kind'])}) has no ${field} that can be read`,
  )
}

function readOperation(value: Readonly<Record<string, unknown>>, path: string, seq: number): Operation {
  for (const field in value) if (!OPERATION_FIELDS.has(field)) throw newerJournal(path, `${field} of an operation`)
  const { kind, fileType } = value
  if (!KINDS.has(kind)) throw newerJournal(path, `an operation of the kind ${JSON.stringify(kind)}`)
  if (!TYPES.has(fileType)) throw newerJournal(path, `an entry of the type ${JSON.stringify(fileType)}`)
  if (!isText(value['nodeId']) || !isObject(value['place']) || !isObject(value['attributes']))
    throw journalDamaged(path, 'an operation in it does not name its entry')
  // Its fields are known, and those that place it were looked at; a checksum kept the rest as it was written.
  const known = value as unknown as Omit<Operation, 'seq'>
  // Field by field, so that all operations are of one shape: there may be many.
  return {
    seq,
    kind: known.kind,
    nodeId: known.nodeId,
    fileType: known.fileType,
    place: known.place,
    from: known.from,
    stagedAt: known.stagedAt,
    size: known.size,
    sha256: known.sha256,
    baseSha256: known.baseSha256,
    target: known.target,
    priorVersion: known.priorVersion,
    // Operations that were staged before there were series have no event times.
    minEventTime: known.minEventTime ?? null,
    maxEventTime: known.maxEventTime ?? null,
    attributes: hasAttributes(known.attributes) ? known.attributes : NO_ATTRIBUTES,
  }
}

function newerJournal(path: string, what: string): PondError {
  const message = `${path} has ${what}, which this DuckPond does not know: a newer one wrote it. It was left as it is; what is committed can be read: ask for head or a version. Use the newer DuckPond to commit or discard what is pending.`
  return new PondError('tlogfs.newer-journal', message, { path })
}

function isKind(value: unknown): value is Kind {
  return typeof value === 'string' && Object.hasOwn(FIELDS, value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRanges(value: unknown): value is readonly Range[] {
  return (
    Array.isArray(value) &&
    value.every((range) => Array.isArray(range) && range.length === 2 && range.every((each) => isCount(each)))
  )
}
