/** `pond rm`: stages removals, all or none. */
import { isPondError } from '../../../shared/errors'
import type { Run } from '../context'
import { stageAndShow } from '../staged'

export const run: Run = (context) =>
  stageAndShow(context, async (fs) => {
    const { invocation } = context
    for (const path of context.args) {
      await fs.remove(path, { recursive: invocation.flag('recursive') }).catch((error: unknown) => {
        if (!(invocation.flag('force') && isPondError(error, 'tinyfs.not-found'))) throw error
      })
    }
  })
