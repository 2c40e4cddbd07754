/** Entries by what is known of them: type, times, attributes, and where they are. */
import { mediaTypeOf } from '../../../shared/media-type'
import type { Entry, FileType, Micros } from '../../../shared/model'
import { ROOT, type PondPath } from '../../../shared/path'
import type { Pace } from '../../platform'
import { glob, type Metadata, type NodeRef } from '../../tinyfs'
import { timeOf } from './at'
import { readCondition } from './json-path'
import type { Moment } from './moment'

/** What an entry has to be; whatever is absent does not matter. Times are microseconds, or as in `At`. */
export interface FindCriteria {
  readonly fileType?: FileType
  /** When the entry was first staged; one that was brought back is as old as it was. */
  readonly createdAfter?: Micros | string
  /** A bare date includes that day. */
  readonly createdBefore?: Micros | string
  readonly modifiedAfter?: Micros | string
  readonly modifiedBefore?: Micros | string
  /** A condition on what is known of a file besides, such as `$.mediaType == "text/csv"` or `$.series`. */
  readonly attributes?: string
  /** Names that begin with a dot are matched as in `glob`. */
  readonly glob?: string
}

/**
 * Entries below the moment's root in the order of a visit, or of the glob.
 * @throws steward.bad-time, steward.bad-json-path, tinyfs.bad-pattern
 */
export async function findEntries(moment: Moment, criteria: FindCriteria, pace: Pace): Promise<readonly Entry[]> {
  const isWanted = conditionOf(criteria)
  const found: Entry[] = []
  for await (const { path, name, node, metadata } of candidates(moment, criteria.glob)) {
    if (pace.due) await pace.rest()
    if (isWanted(name, metadata)) found.push(await moment.entryOf(path, name, node))
  }
  return found
}

interface Candidate {
  readonly path: PondPath
  readonly name: string
  readonly node: NodeRef
  readonly metadata: Metadata
}

async function* candidates({ fs }: Moment, pattern: string | undefined): AsyncGenerator<Candidate> {
  if (pattern !== undefined) {
    const matches = (await glob(fs, pattern)).filter(({ path }) => path !== ROOT)
    await fs.backend.readAhead?.(matches.map(({ node }) => node))
    for (const match of matches) yield { ...match, metadata: await fs.backend.metadata(match.node) }
    return
  }
  yield* below(fs, ROOT)
}

/** A directory before its content. What is still to come waits here, not in one generator for each level. */
async function* below(fs: Moment['fs'], directory: PondPath): AsyncGenerator<Candidate> {
  const waiting = [...(await fs.listWithMetadata(directory))].reverse()
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    yield entry
    if (entry.node.fileType !== 'directory') continue
    const inside = await fs.listWithMetadata(entry.path)
    for (let i = inside.length - 1; i >= 0; i--) waiting.push(inside[i]!)
  }
}

function conditionOf({ fileType, attributes, ...times }: FindCriteria): (name: string, metadata: Metadata) => boolean {
  const holds = attributes === undefined ? undefined : readCondition(attributes)
  const created = { after: given(times.createdAfter) ?? -Infinity, before: given(times.createdBefore) ?? Infinity }
  const modified = { after: given(times.modifiedAfter) ?? -Infinity, before: given(times.modifiedBefore) ?? Infinity }
  return (name, { node, modifiedAt, attributes: own }) =>
    (fileType === undefined || node.fileType === fileType) &&
    isBetween(createdAt(node), created) &&
    isBetween(modifiedAt, modified) &&
    (holds === undefined || holds(visible(name, node, own)))
}

function given(time: Micros | string | undefined): Micros | undefined {
  return time === undefined ? undefined : timeOf(time)
}

function isBetween(time: Micros, { after, before }: { readonly after: Micros; readonly before: Micros }): boolean {
  return time > after && time <= before
}

/** The first 48 bits of an id are the millisecond at which it was made (RFC 9562, version 7). */
function createdAt({ id }: NodeRef): Micros {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16) * 1_000
}

/** Without what only says how rows hang together, and with the media type that the name tells. */
function visible(name: string, { fileType }: NodeRef, attributes: Metadata['attributes']): Metadata['attributes'] {
  const { seq: _seq, parent: _parent, formerPath: _path, formerPart: _part, ...own } = attributes
  const mediaType = fileType.startsWith('file:') ? mediaTypeOf(name, own) : null
  return mediaType === null ? own : { ...own, mediaType }
}
