/** `pond mkdir`: stages directories. */
import type { Run } from '../context'
import { stageAndShow } from '../staged'

export const run: Run = (context) =>
  stageAndShow(context, async (fs) => {
    const parents = context.invocation.flag('parents')
    for (const path of context.args) await fs.createDirectory(path, { parents })
  })
