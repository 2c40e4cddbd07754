/** `pond status`: where the pond stands and what is pending. */
import type { Change, Status } from '../../../shared/model'
import { showChanges } from '../changes'
import type { Context, Run } from '../context'
import { clockTime, count } from '../display'

export const run: Run = async (context) => {
  const pond = await context.reading()
  const { changes } = await pond.diff('head', 'pending')
  const { version, transactionId, pendingOperations, totalNodes, lastCommit, memoryUsageBytes, counts, undoable } =
    await pond.status()
  const status: Status = {
    version,
    transactionId,
    pendingOperations,
    totalNodes,
    lastCommit,
    memoryUsageBytes,
    counts,
    undoable,
  }
  await context.out.show({ ...status, changes }, () => print(context, status, changes))
}

async function print({ out }: Context, status: Status, changes: readonly Change[]): Promise<void> {
  const { version, lastCommit, totalNodes, pendingOperations, undoable } = status
  const when = lastCommit === null ? 'nothing committed yet' : `committed ${clockTime(lastCommit)}`
  await out.line(`version ${version}, ${when}, ${count(totalNodes, 'entry', 'entries')}`)
  if (pendingOperations === 0) await out.line('nothing pending')
  else await out.line(`${count(pendingOperations, 'pending operation')}:`)
  await showChanges(out, changes)
  if (pendingOperations > 0 && changes.length === 0) {
    await out.line('together they change nothing: the end is as the head is (`pond discard --all` drops them)')
  }
  if (undoable > 0) await out.line(`${count(undoable, 'discarded operation')} can be brought back with \`pond undo\``)
}
