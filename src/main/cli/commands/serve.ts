/** `pond serve`: the app for browsers of this machine, until interrupted. */
import type { Run } from '../context'
import { serveUntilInterrupted } from '../serve'

export const run: Run = async (context) => {
  const port = context.invocation.number('port', { min: 0, max: 65_535 }) ?? null
  await serveUntilInterrupted(context, {
    port,
    pondPath: context.findPondFolder(),
    openWindow: context.invocation.flag('open'),
  })
}
