/** `pond commit`: makes what is pending a version; without a message, one made of what changed. */
import { describeChanges } from '../../../shared/describe-changes'
import { showCommit } from '../committed'
import type { Context, Run } from '../context'
import { usage } from '../invocation'

export const run: Run = async (context) => {
  const pond = await context.writing()
  const message = given(context) ?? describeChanges((await pond.diff('head', 'pending')).changes)
  return showCommit(context, await pond.commit(context.commitOptions(message)))
}

function given({ invocation }: Context): string | undefined {
  const [argument] = invocation.args
  const option = invocation.text('message')
  if (argument !== undefined && option !== undefined)
    throw usage('expected one message, found two: as an argument and with -m')
  return option ?? argument
}
