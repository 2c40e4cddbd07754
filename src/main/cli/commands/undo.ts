/** `pond undo`: brings the last discard back. */
import type { Run } from '../context'
import { count } from '../display'

export const run: Run = async (context) => {
  const pond = await context.writing()
  const { restored } = await pond.undo()
  await context.out.show({ restored }, () => context.out.line(`${count(restored, 'operation')} pending again`))
}
