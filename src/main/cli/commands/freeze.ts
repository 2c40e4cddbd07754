/** `pond freeze`: stages what a computed file is now as a stored one. */
import type { Run } from '../context'
import { showStaged } from '../staged'

export const run: Run = async (context) => {
  const [path, to] = context.args as readonly [string, string?]
  const pond = await context.writing()
  const staged = await context.staging((options) => pond.freeze(path, to, options))
  return showStaged(context, staged, { path: staged.result })
}
