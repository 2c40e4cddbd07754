/** `pond rm`: stages removals, all or none; a pattern removes what it names. */
import { isPondError } from '../../../shared/errors'
import { parentPath, parsePath } from '../../../shared/path'
import type { Context, Run } from '../context'
import { isPattern, namedBy } from '../patterns'
import { stageAndShow } from '../staged'

export const run: Run = async (context) => {
  const { invocation } = context
  const force = invocation.flag('force')
  const recursive = invocation.flag('recursive')
  const paths = await named(context, force)
  return stageAndShow(context, async (fs) => {
    for (const path of paths) {
      await fs.remove(path, { recursive }).catch((error: unknown) => {
        if (!(force && isPondError(error, 'tinyfs.not-found'))) throw error
      })
    }
  })
}

/** Patterns as what they name, without what is below a directory that they name, too. */
async function named(context: Context, force: boolean): Promise<readonly string[]> {
  const { args, invocation } = context
  if (!args.some((path, i) => !invocation.isLiteral(i) && isPattern(path))) return args
  const moment = await (await context.writing()).moment('pending')
  const paths: string[] = []
  for (const [i, path] of args.entries()) {
    const found = await namedBy(moment, [path], () => invocation.isLiteral(i)).catch((error: unknown) => {
      if (force && isPondError(error, 'tinyfs.not-found')) return []
      throw error
    })
    const all = new Set(found)
    for (const each of found) if (!isBelowAny(each, all)) paths.push(each)
  }
  return paths
}

function isBelowAny(path: string, all: ReadonlySet<string>): boolean {
  for (let above = parentPath(parsePath(path)); above !== '/'; above = parentPath(above))
    if (all.has(above)) return true
  return false
}
