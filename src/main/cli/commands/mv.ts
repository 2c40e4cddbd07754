/** `pond mv`: stages another name or place, into a directory where the target is one. */
import { baseName, hasTrailingSlash, parsePath } from '../../../shared/path'
import type { Run } from '../context'
import { stageAndShow } from '../staged'

export const run: Run = (context) =>
  stageAndShow(context, async (fs) => {
    const [from, to] = context.args as readonly [string, string]
    const source = await fs.find(hasTrailingSlash(from) ? from.replace(/\/+$/, '') || '/' : from, { follow: false })
    // A target that is the entry itself is another spelling of it, not the directory to move it into.
    if (parsePath(to) === source.path) return fs.rename(from, to)
    return fs.rename(from, (await fs.destination(to, baseName(source.path))).path)
  })
