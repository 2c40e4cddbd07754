/** `pond touch`: stages empty files where there are none; what is there is left alone. */
import type { Run } from '../context'
import { stageAndShow } from '../staged'

export const run: Run = async (context) => {
  const pond = await context.writing()
  const nothing = await pond.prepare([], context.signal)
  return stageAndShow(context, async (fs) => {
    for (const path of context.args) {
      if (!(await fs.exists(path))) await fs.put(path, nothing, { replace: true })
    }
  })
}
