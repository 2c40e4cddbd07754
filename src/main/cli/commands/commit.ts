/** `pond commit`: makes what is pending a version, or a part of it; without a message, one made of what changed. */
import { showCommit } from '../committed'
import type { Context, Run } from '../context'
import { usage } from '../invocation'

export const run: Run = async (context) => {
  const { invocation } = context
  const paths = invocation.texts('paths')
  const first = invocation.number('first', { min: 1, max: 1_000_000_000 })
  if (paths.length > 0 && first !== undefined) throw usage('expected --paths or --first, found both')
  const only = paths.length > 0 ? { paths } : first === undefined ? undefined : { first }
  const pond = await context.writing()
  const options = context.commitOptions(given(context))
  return showCommit(context, await pond.commit(only === undefined ? options : { ...options, only }))
}

function given({ invocation }: Context): string | undefined {
  const [argument] = invocation.args
  const option = invocation.text('message')
  if (argument !== undefined && option !== undefined)
    throw usage('expected one message, found two: as an argument and with -m')
  return option ?? argument
}
