/** `pond init`: makes a pond in a folder of its own; with `--sample`, one with real data and a history. */
import { mustBeOutsidePonds } from '../../platform/node'
import type { Run } from '../context'
import { visible } from '../display'
import { hostWorld } from '../world'

export const run: Run = async (context) => {
  const { out, args, invocation, io } = context
  const folder = context.hostPath(args[0] ?? invocation.text('pond') ?? '.')
  await mustBeOutsidePonds([], folder)
  const { createPond } = await import('../../pond')
  const pond = await createPond(await hostWorld(io, folder, context.command))
  try {
    if (invocation.flag('sample')) {
      const { fillSample } = await import('../../api')
      await fillSample(pond, out.progress, context.signal)
    }
    const { pondId, path, version } = await pond.info()
    await out.show({ pondId, path, version }, () =>
      out.line(`made a pond in ${visible(path)}${version > 0 ? `, with sample data in ${version} versions` : ''}`),
    )
  } finally {
    await pond.close()
  }
}
