/**
 * The versions of one entry: what its own rows tell, and the moves of the directories above it, which
 * those directories' rows tell. Costs what these rows cost where it is known where to look.
 */
import type { ChangeKind, FileVersion, OperationKind, OperationRecord } from '../../../shared/model'
import { allRows, compareInstants, instantOf, movesAbove, nodeRows, type AppliedOperation } from '../../tlogfs'
import type { FoundNode } from './former'
import { operationOfRow, pendingOperation, type History } from './history'
import type { State } from '../state/state'

/**
 * Newest first, what is pending on top. A directory's versions are those in which it was made, moved or
 * removed, or its names changed. Empty for a node that never was.
 */
export async function nodeVersions(
  { snapshot, head, overlay }: State,
  history: History,
  { id, rows: lead }: FoundNode,
): Promise<FileVersion[]> {
  const isNew = lead === null && overlay.stateById(id)
  const rows = lead !== null ? await nodeRows(head, lead) : isNew ? [] : await allRows(head, id)
  const moves = await movesAbove(head, rows)
  const transactions = await history.of(
    snapshot,
    [...rows, ...moves].map(({ txnSeq }) => txnSeq),
  )
  const story = new Story()
  let next = 0
  for (const row of rows) {
    const at = instantOf(row)
    for (; next < moves.length && compareInstants(moves[next]!, at) < 0; next++)
      story.moved(moves[next]!, moves[next]!.txnSeq)
    story.told(operationOfRow(row, row.txnSeq))
  }
  for (const move of moves.slice(next)) story.moved(move, move.txnSeq)
  for (const applied of overlay.applied) story.pending(applied, id)
  return story.versions.reverse().map((version): FileVersion => {
    const { author = null, committedAt = null, message = null } = transactions.get(version.version ?? 0) ?? {}
    return { ...version, author, committedAt, message }
  })
}

type Told = Omit<FileVersion, 'author' | 'committedAt' | 'message'>

/** Takes what happened to an entry, in order. */
class Story {
  readonly versions: Told[] = []
  /** The last of them is the move of a directory above. */
  #isAbove = false

  told({ path, oldPath, version, nodeVersion, operation, size, sha256 }: OperationRecord): void {
    const change = changeOfOperation(operation)
    this.versions.push({ path, oldPath, version, nodeVersion, change, size, sha256 })
    this.#isAbove = false
  }

  /** Moves that follow each other in one version of the pond are one, or none where they lead back. */
  moved({ path, formerPath }: { readonly path: string; readonly formerPath: string }, version: number | null): void {
    const last = this.versions.at(-1)!
    if (!this.#isAbove || last.version !== version) {
      this.versions.push({ ...last, path, oldPath: formerPath, version, change: 'renamed' })
      this.#isAbove = true
      return
    }
    this.versions.pop()
    this.#isAbove = last.oldPath !== path
    if (this.#isAbove) this.versions.push({ ...last, path })
  }

  pending(applied: AppliedOperation, id: string): void {
    const { operation, path, formerPath } = applied
    if (operation.nodeId === id) return this.told(pendingOperation(applied))
    const last = this.versions.at(-1)
    if (last === undefined || last.change === 'deleted' || formerPath === null) return
    if (!last.path.startsWith(`${formerPath}/`)) return
    this.moved({ formerPath: last.path, path: path + last.path.slice(formerPath.length) }, null)
  }
}

function changeOfOperation(operation: OperationRecord['operation'] | 'entries'): ChangeKind {
  switch (operation satisfies OperationKind | 'entries') {
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
