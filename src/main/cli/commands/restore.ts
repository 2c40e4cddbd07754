/** `pond restore`: stages the way back to a moment, of one entry or of the whole pond. */
import type { Run } from '../context'
import { count } from '../display'
import { usage } from '../invocation'

export const run: Run = async (context) => {
  const { out, args, invocation } = context
  const to = invocation.text('to')
  if (to === undefined) throw usage('expected --to with a version or a timestamp, found none')
  const pond = await context.writing()
  const outcome = await pond.restore(args[0] ?? null, to)
  await out.show(outcome, () =>
    out.line(
      outcome.staged === 0
        ? `nothing to restore: it is as at ${outcome.target} already`
        : `staged ${count(outcome.staged, 'operation')} to bring ${count(outcome.nodesRestored, 'entry', 'entries')} back to ${outcome.target}`,
    ),
  )
}
