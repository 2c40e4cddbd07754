/** `pond sync`: commits what is pending, at some paths or all of it, with a message made of what changed. */
import { showCommit } from '../committed'
import type { Run } from '../context'

export const run: Run = async (context) => {
  const pond = await context.writing()
  return showCommit(context, await pond.sync(context.args, context.commitOptions()))
}
