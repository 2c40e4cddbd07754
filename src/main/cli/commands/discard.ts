/** `pond discard`: drops pending changes of some paths, or all, and what depends on them. */
import type { Run } from '../context'
import { count, visible } from '../display'
import { usage } from '../invocation'

export const run: Run = async (context) => {
  const { out, args, invocation } = context
  const all = invocation.flag('all')
  if (all === args.length > 0) throw usage('expected paths or --all, found ' + (all ? 'both' : 'neither'))
  const pond = await context.writing()
  const { discarded, paths } = await pond.discard(args)
  await out.show({ discarded, paths }, async () => {
    await out.line(
      discarded === 0
        ? 'nothing to discard'
        : `discarded ${count(discarded, 'operation')}; \`pond undo\` brings ${discarded === 1 ? 'it' : 'them'} back`,
    )
    for (const path of paths) await out.line(`  ${visible(path)}`)
  })
}
