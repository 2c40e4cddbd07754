/** `pond checkpoint`: writes a checkpoint of the Delta log at the head. */
import type { Run } from '../context'

export const run: Run = async (context) => {
  const pond = await context.writing()
  const outcome = await pond.checkpoint()
  await context.out.show(outcome, () => context.out.line(`checkpoint at Delta version ${outcome.deltaVersion}`))
}
