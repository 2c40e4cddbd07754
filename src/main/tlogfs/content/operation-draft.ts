/** An operation as a caller says it: kind, node and place, and what else differs from what most have. */
import type { Micros, OperationKind } from '../../../shared/model'
import type { NodeId } from '../../tinyfs'
import type { Content } from './blobs'
import type { NodeState } from './node-state'
import type { Operation, Place } from './operation'
import type { SeriesContent } from './series-content'

/** Where an entry is. */
export function placeOf({ node, name }: NodeState): Place {
  return { directoryId: node.parentId, name }
}

/** What appends a version to a series says of it, whatever its kind and place. */
export function partDraft(
  { content, facts, minEventTime, maxEventTime }: SeriesContent,
  attributes: Readonly<Record<string, unknown>> = {},
): Omit<OperationDraft, 'kind' | 'nodeId' | 'fileType' | 'place'> {
  return { content, minEventTime, maxEventTime, attributes: { ...attributes, series: facts } }
}

/** What a caller says of an operation; the rest is filled in. */
export interface OperationDraft {
  readonly kind: OperationKind
  readonly nodeId: NodeId
  readonly fileType: Operation['fileType']
  readonly place: Place
  readonly from?: Place
  readonly content?: Content
  readonly baseSha256?: string | null
  readonly target?: string
  readonly priorVersion?: number
  readonly minEventTime?: Micros | null
  readonly maxEventTime?: Micros | null
  readonly attributes?: Readonly<Record<string, unknown>>
}
