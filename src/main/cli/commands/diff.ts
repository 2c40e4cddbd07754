/** `pond diff [A [B]] [PATH...]`: net changes between two moments, of some paths or of all. */
import { PondError } from '../../../shared/errors'
import type { Change, ChangeCounts } from '../../../shared/model'
import { parsePath, quote } from '../../../shared/path'
import type { Pond } from '../../pond'
import { concerns, countsText, showChanges } from '../changes'
import type { Run } from '../context'
import { usage, type Invocation } from '../invocation'

export const run: Run = async (context) => {
  const { out, invocation } = context
  const { from, to, paths } = subject(invocation)
  const pond = await context.reading()
  const diff = await pond.diff(from, to)
  const changes = paths.length === 0 ? diff.changes : diff.changes.filter((change) => concerns(change, paths))
  for (const path of paths)
    if (!diff.changes.some((change) => concerns(change, [path]))) await mustExist(pond, path, [from, to])
  await out.show(changes, async () => {
    if (!invocation.flag('stat')) await showChanges(out, changes)
    if (invocation.flag('stat') || out.isTerminal) await out.line(countsText(tally(changes)))
  })
}

/** Absolute paths and whatever follows `--` are paths; what comes before is a moment. */
function subject(invocation: Invocation): { from: string; to: string; paths: readonly string[] } {
  const isPath = (arg: string, i: number): boolean => invocation.isLiteral(i) || arg.startsWith('/')
  const moments = invocation.args.filter((arg, i) => !isPath(arg, i))
  const paths = invocation.args.filter(isPath).map(parsePath)
  if (moments.length > 2) throw usage(`expected at most two moments, found ${moments.join(', ')}`, { moments })
  const [from = 'head', to = 'pending'] = moments
  return { from, to, paths }
}

/** That nothing changed can only be said of what is there, at one of the two moments. */
async function mustExist(pond: Pond, path: string, moments: readonly string[]): Promise<void> {
  for (const at of moments) if (await (await pond.moment(at)).fs.exists(path, { follow: false })) return
  throw new PondError('tinyfs.not-found', `${quote(path)} exists neither in ${moments.join(' nor in ')}`, { path })
}

function tally(changes: readonly Change[]): ChangeCounts {
  const counts = { added: 0, modified: 0, deleted: 0, renamed: 0 }
  for (const { change } of changes) counts[change]++
  return counts
}
