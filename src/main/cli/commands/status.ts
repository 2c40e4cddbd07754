/** `pond status`: where the pond stands and what is pending. */
import type { Change, ComputedChange, Status } from '../../../shared/model'
import { showChanges, showComputed } from '../changes'
import type { Context, Run } from '../context'
import { clockTime, count, oneLine, visible } from '../display'

export const run: Run = async (context) => {
  const pond = await context.reading()
  const { changes } = await pond.diff('head', 'pending')
  const status = await pond.status()
  const computed = changes.length === 0 ? [] : await pond.computedChanges('head', 'pending', context.signal)
  await context.out.show({ ...status, changes, computed }, () => print(context, { status, changes, computed }))
}

interface Found {
  readonly status: Status
  readonly changes: readonly Change[]
  readonly computed: readonly ComputedChange[]
}

async function print({ out }: Context, { status, changes, computed }: Found): Promise<void> {
  const { version, lastCommit, totalNodes, pendingOperations, withoutEffect, conflicts, undoable } = status
  const when = lastCommit === null ? 'nothing committed yet' : `committed ${clockTime(lastCommit)}`
  await out.line(`version ${version}, ${when}, ${count(totalNodes, 'entry', 'entries')}`)
  if (pendingOperations === 0) await out.line('nothing pending')
  else await out.line(`${count(pendingOperations, 'pending operation')}:`)
  await showChanges(out, changes)
  if (computed.length > 0) {
    await out.line(`${count(computed.length, 'computed file')} with other content:`)
    await showComputed(out, computed)
  }
  if (withoutEffect > 0 && withoutEffect === pendingOperations) {
    await out.line('together they change nothing: the end is as the head is (`pond discard --all` drops them)')
  } else if (withoutEffect > 0) {
    await out.line(`${count(withoutEffect, 'operation')} more on entries that came and went, or are as they were`)
  }
  for (const { operation, path, reason } of conflicts)
    await out.line(`cannot be committed: ${operation} ${visible(path)}: ${oneLine(reason)}`)
  if (undoable > 0) await out.line(`${count(undoable, 'operation')} can be undone with \`pond undo\``)
}
