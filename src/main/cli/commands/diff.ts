/** `pond diff [A [B]] [PATH...]`: net changes between two moments, of some paths or of all; or the rows of a table. */
import { isPondError, PondError } from '../../../shared/errors'
import type { Change, ChangeCounts } from '../../../shared/model'
import { isWithin, parsePath, quote, type PondPath } from '../../../shared/path'
import type { Pond } from '../../pond'
import { concerns, countsText, showChanges, showComputed } from '../changes'
import type { Context, Run } from '../context'
import { usage, type Invocation } from '../invocation'
import { runQuery } from '../run-query'

export const run: Run = async (context) => {
  const { out, invocation } = context
  const { from, to, paths } = subject(invocation)
  if (invocation.flag('computed')) return diffComputed(context, { from, to, paths })
  if (invocation.flag('rows')) return diffRows(context, { from, to, paths })
  for (const option of ['key', 'format'])
    if (invocation.text(option) !== undefined) throw usage(`expected --rows with --${option}, found --${option} alone`)
  const pond = await context.reading()
  const diff = await pond.diff(from, to)
  const changes = paths.length === 0 ? diff.changes : diff.changes.filter((change) => concerns(change, paths))
  for (const path of paths)
    if (!diff.changes.some((change) => concerns(change, [path]))) await mustExist(pond, path, [from, to])
  const counts = tally(changes)
  if (invocation.flag('stat')) return out.show(counts, () => out.line(countsText(counts)))
  await out.show(changes, async () => {
    await showChanges(out, changes)
    if (out.isTerminal) await out.line(countsText(counts))
  })
}

interface Subject {
  readonly from: string
  readonly to: string
  readonly paths: readonly PondPath[]
}

/** What is computed and became another, told without computing it. */
async function diffComputed(context: Context, { from, to, paths }: Subject): Promise<void> {
  const { out, signal } = context
  const pond = await context.reading()
  const all = await pond.computedChanges(from, to, signal)
  const changes = all.filter(({ path }) => paths.length === 0 || paths.some((each) => isWithin(path, each)))
  await out.show(changes, () => showComputed(out, changes))
}

/** Rows that were added, deleted or modified; without a key, one that was modified is deleted and added. */
async function diffRows(context: Context, { from, to, paths }: Subject): Promise<void> {
  const { invocation } = context
  const [path] = paths
  if (path === undefined || paths.length > 1)
    throw usage(`expected the path of one table with --rows, found ${paths.length}`)
  const keys = invocation.texts('key').map(quoteText)
  const key = keys.length === 0 ? '' : `, key := [${keys.join(', ')}]`
  const rows = `FROM pond.diff_rows(${[path, from, to].map(quoteText).join(', ')}${key})`
  const sql = invocation.flag('stat')
    ? `SELECT change, count(*) AS rows ${rows} GROUP BY change ORDER BY change`
    : `${rows} ORDER BY ALL`
  await runQuery(context, { sql, at: 'pending' }).catch((error: unknown) => {
    if (!isPondError(error)) throw error
    // The place is one in a statement that the user did not write.
    const { line: _line, column: _column, ...detail } = error.detail
    throw new PondError(error.code, error.message, detail, error)
  })
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Absolute paths and whatever follows `--` are paths; what comes before is a moment. */
function subject(invocation: Invocation): Subject {
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
