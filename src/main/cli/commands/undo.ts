/** `pond undo`: brings back what the last discard took, or what gave way to a restore, a deletion or new content. */
import type { Run } from '../context'
import { count } from '../display'

export const run: Run = async (context) => {
  const pond = await context.writing()
  const outcome = await pond.undo()
  const operations = count(outcome.restored, 'operation')
  await context.out.show(outcome, () =>
    context.out.line(
      outcome.takenBack === true
        ? `took back ${operations}: what was pending before is pending again`
        : `${operations} pending again`,
    ),
  )
}
