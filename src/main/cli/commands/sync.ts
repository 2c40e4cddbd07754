/** `pond sync`: commits what is pending, at some paths or all of it, with a message made of what changed. */
import { describeChanges } from '../../../shared/describe-changes'
import { parsePath } from '../../../shared/path'
import { concerns } from '../changes'
import { showCommit } from '../committed'
import type { Run } from '../context'

export const run: Run = async (context) => {
  const paths = context.args.map(parsePath)
  const pond = await context.writing()
  const { changes } = await pond.diff('head', 'pending')
  const chosen = paths.length === 0 ? changes : changes.filter((change) => concerns(change, paths))
  return showCommit(context, await pond.commit(context.commitOptions(describeChanges(chosen))))
}
