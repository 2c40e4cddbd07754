/** `pond compact`: joins small data files into fewer. */
import type { Run } from '../context'
import { count } from '../display'

export const run: Run = async (context) => {
  const pond = await context.writing()
  const outcome = await pond.compact()
  await context.out.show(outcome, () =>
    context.out.line(
      `${count(outcome.filesBefore, 'data file')} before, ${count(outcome.filesAfter, 'data file')} now`,
    ),
  )
}
