/** `pond reread`: drops every cache and reads the pond again from its table and its journal. Nothing of the pond changes. */
import type { Context, Run } from '../context'
import { count } from '../display'

export const run: Run = (context) => reread(context)

/** @param ended said to people afterwards */
export async function reread(context: Context, ended?: string): Promise<void> {
  const { out } = context
  const pond = await context.writing()
  const { displaced: _, ...outcome } = await pond.restoreFromOplog()
  await out.show(outcome, () =>
    out.line(`dropped every cache and read ${count(outcome.nodesRestored, 'entry', 'entries')} from the table`),
  )
  if (ended !== undefined) await out.note(ended)
}
