/** `pond completion`: the script that a shell loads to complete `pond`. */
import type { Run } from '../context'
import { usage } from '../invocation'
import { SCRIPTS } from '../completion-scripts'

export const run: Run = async (context) => {
  const [shell] = context.args as readonly [string]
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell as keyof typeof SCRIPTS] : undefined
  if (script === undefined) throw usage(`expected one of ${Object.keys(SCRIPTS).join(', ')}, found ${shell}`)
  await context.out.show({ shell, script }, () => context.out.raw(script))
}
