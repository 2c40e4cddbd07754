/** What pending operations amount to, kept up to date node by node. */
import { CHANGE_KINDS, type ChangeCounts, type ChangeKind } from '../../../shared/model'
import type { NodeState } from '../content/node-state'
import type { AppliedOperation } from './applied'
import { contentBytes } from '../content/series'

export interface PendingSummary {
  /** Net changes by kind. */
  readonly counts: ChangeCounts
  /** Nodes and bytes of content gained. */
  readonly nodesDelta: number
  readonly bytesDelta: number
  /** Operations on nodes that are as they were, or came and went again. */
  readonly withoutEffect: number
}

export const NOTHING_PENDING: PendingSummary = {
  counts: Object.fromEntries(CHANGE_KINDS.map((kind) => [kind, 0])) as unknown as ChangeCounts,
  nodesDelta: 0,
  bytesDelta: 0,
  withoutEffect: 0,
}

/** The summary once another operation took effect. */
export function summaryAfter(summary: PendingSummary, applied: AppliedOperation): PendingSummary {
  const { earlier, origin, after } = applied
  const was = earlier === null ? origin : earlier.after
  return {
    counts: counted(counted(summary.counts, earlier?.change ?? null, -1), applied.change, 1),
    nodesDelta: summary.nodesDelta + nodesOf(after) - nodesOf(was),
    bytesDelta: summary.bytesDelta + bytesOf(after) - bytesOf(was),
    withoutEffect: summary.withoutEffect + withoutEffect(applied) - withoutEffect(earlier),
  }
}

function counted(counts: ChangeCounts, kind: ChangeKind | null, by: number): ChangeCounts {
  return kind === null ? counts : { ...counts, [kind]: counts[kind] + by }
}

function withoutEffect(last: AppliedOperation | null): number {
  return last === null || last.change !== null ? 0 : last.count
}

function nodesOf(state: NodeState | null): number {
  return state === null ? 0 : 1
}

function bytesOf(state: NodeState | null): number {
  return (state === null ? null : contentBytes(state)) ?? 0
}
