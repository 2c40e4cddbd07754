/** `pond restore`: stages the way back to a moment, of one entry or of the whole pond. */
import type { CommitOutcome, RestoreOutcome } from '../../../shared/model'
import { commitLine, conflictError, outcomeDocument, settle, wire } from '../committed'
import type { Context, Run } from '../context'
import { count } from '../display'
import { usage } from '../invocation'

export const run: Run = async (context) => {
  const { out, args, invocation } = context
  const to = invocation.text('to')
  const path = args[0] ?? null
  if (to === undefined && path !== null) throw usage('expected --to with a version or a timestamp, found none')
  if (to === undefined && invocation.text('message') !== undefined)
    throw usage('expected --to with -m, found -m alone: without --to there is nothing to commit')
  const pond = await context.writing()
  if (to === undefined) {
    const outcome = await pond.restoreFromOplog()
    return out.show(outcome, () =>
      out.line(`dropped every cache and read ${count(outcome.nodesRestored, 'entry', 'entries')} from the table`),
    )
  }
  const outcome = await pond.restore(path, to)
  const commit = await commitRestored(context, path, outcome)
  const conflict = commit === null ? undefined : conflictError(commit)
  await out.show(
    { ...outcome, ...(commit === null ? {} : { commit: outcomeDocument(commit) }), ...wire(conflict) },
    async () => {
      await out.line(
        outcome.staged === 0
          ? `nothing to restore: it is as at ${outcome.target} already`
          : `staged ${count(outcome.staged, 'operation')} to bring ${count(outcome.nodesRestored, 'entry', 'entries')} back to ${outcome.target}`,
      )
      if (commit !== null) await out.line(commitLine(commit))
    },
  )
  return settle(context, conflict)
}

/** With `-m`, or where the pond commits by itself: what is pending where it was restored. */
async function commitRestored(
  context: Context,
  path: string | null,
  { staged, target }: RestoreOutcome,
): Promise<CommitOutcome | null> {
  const message = context.invocation.text('message')
  if (staged === 0 || (message === undefined && !(await context.commitsByItself()))) return null
  const options = context.commitOptions(message ?? `Restore ${path ?? 'everything'} to ${target}`)
  const pond = await context.writing()
  return pond.commit(path === null ? options : { ...options, only: { paths: [path] } })
}
