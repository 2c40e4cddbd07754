/** `pond restore`: stages the way back to a moment, of one entry or of the whole pond. */
import type { Run } from '../context'
import { count } from '../display'
import { usage } from '../invocation'

export const run: Run = async (context) => {
  const { out, args, invocation } = context
  const to = invocation.text('to')
  const path = args[0] ?? null
  if (to === undefined && path !== null) throw usage('expected --to with a version or a timestamp, found none')
  const pond = await context.writing()
  if (to === undefined) {
    const outcome = await pond.restoreFromOplog()
    await out.show(outcome, () =>
      out.line(`dropped every cache and read ${count(outcome.nodesRestored, 'entry', 'entries')} from the table`),
    )
    return
  }
  const outcome = await pond.restore(path, to)
  await out.show(outcome, () =>
    out.line(
      outcome.staged === 0
        ? `nothing to restore: it is as at ${outcome.target} already`
        : `staged ${count(outcome.staged, 'operation')} to bring ${count(outcome.nodesRestored, 'entry', 'entries')} back to ${outcome.target}`,
    ),
  )
}
