/** `pond ln`: stages a symbolic link; it may lead nowhere yet. */
import type { Run } from '../context'
import { stageAndShow } from '../staged'

export const run: Run = (context) =>
  stageAndShow(context, async (fs) => {
    const [target, link] = context.args as readonly [string, string]
    await fs.createSymlink(link, target)
  })
