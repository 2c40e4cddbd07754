/** What pending operations amount to, kept up to date node by node. */
import { CHANGE_KINDS, type ChangeCounts, type ChangeKind } from '../../../shared/model'
import type { NodeState } from '../content/node-state'
import type { PendingNode } from './pending-node'
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

/** The summary once a node is something else. */
export function summaryAfter(
  summary: PendingSummary,
  before: PendingNode | undefined,
  after: PendingNode,
): PendingSummary {
  const was = before === undefined ? after.origin : before.applied.after
  return {
    counts: counted(counted(summary.counts, before?.change ?? null, -1), after.change, 1),
    nodesDelta: summary.nodesDelta + nodesOf(after.applied.after) - nodesOf(was),
    bytesDelta: summary.bytesDelta + bytesOf(after.applied.after) - bytesOf(was),
    withoutEffect: summary.withoutEffect + withoutEffect(after) - withoutEffect(before),
  }
}

function counted(counts: ChangeCounts, kind: ChangeKind | null, by: number): ChangeCounts {
  return kind === null ? counts : { ...counts, [kind]: counts[kind] + by }
}

function withoutEffect(node: PendingNode | undefined): number {
  return node === undefined || node.change !== null ? 0 : node.operations
}

function nodesOf(state: NodeState | null): number {
  return state === null ? 0 : 1
}

function bytesOf(state: NodeState | null): number {
  return (state === null ? null : contentBytes(state)) ?? 0
}
