/**
 * The versions of one entry, as its own rows tell them: through moves, deletion and coming back. Costs
 * what those rows cost where it is known where to look.
 */
import type { ChangeKind, FileVersion, OperationKind } from '../../shared/model'
import { allRows, nodeRows } from '../tlogfs'
import type { FoundNode } from './former'
import { pendingOperation, type History } from './history'
import type { State } from './state'

/**
 * Newest first, what is pending on top. A directory's versions are those in which it was made, moved or
 * removed itself, or its names changed. Empty for a node that never was.
 */
export async function nodeVersions(
  { snapshot, head, overlay }: State,
  history: History,
  { id, rows: lead }: FoundNode,
): Promise<FileVersion[]> {
  const isNew = lead === null && overlay.stateById(id)
  const rows = lead !== null ? await nodeRows(head, lead) : isNew ? [] : await allRows(head, id)
  const transactions = await history.of(
    snapshot,
    rows.map(({ txnSeq }) => txnSeq),
  )
  const versions = rows.map((row): FileVersion => {
    const transaction = transactions.get(row.txnSeq)
    return {
      path: row.path ?? '',
      version: row.txnSeq,
      nodeVersion: row.version,
      change: changeOfOperation(row.operation as OperationKind | 'entries'),
      size: row.size,
      sha256: row.sha256,
      author: transaction?.author ?? null,
      committedAt: transaction?.committedAt ?? null,
      message: transaction?.message ?? null,
    }
  })
  for (const applied of overlay.applied) {
    if (applied.operation.nodeId !== id) continue
    const { path, nodeVersion, size, sha256, operation } = pendingOperation(applied)
    versions.push({
      path,
      version: null,
      nodeVersion,
      change: changeOfOperation(operation),
      size,
      sha256,
      author: null,
      committedAt: null,
      message: null,
    })
  }
  return versions.reverse()
}

function changeOfOperation(operation: OperationKind | 'entries'): ChangeKind {
  switch (operation) {
    case 'create':
      return 'added'
    case 'delete':
      return 'deleted'
    case 'rename':
      return 'renamed'
    case 'update':
    case 'append':
    case 'entries':
      return 'modified'
  }
}
