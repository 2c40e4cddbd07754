/** `pond show`: the operations of a version, or the pending ones, with what directories then held. */
import { isPondError } from '../../../shared/errors'
import type { FileType, OperationRecord, ResolvedAt } from '../../../shared/model'
import type { Moment } from '../../pond'
import type { Context, Run } from '../context'
import { clockTime, count, isoTime, prose, size, visible } from '../display'
import type { Cell } from '../output'
import { operationLine } from '../staged'

interface Shown extends OperationRecord {
  /** Of a directory after the operation (before it, for one that is deleted); null for what is none. */
  readonly entries: readonly DirectoryEntry[] | null
}

interface DirectoryEntry {
  readonly name: string
  readonly nodeId: string
  readonly fileType: FileType
}

/** At most this many names of a directory for people: the rest is counted. */
const NAMED = 8

export const run: Run = async (context) => {
  const { out, args } = context
  const pond = await context.reading()
  const at = await pond.resolveAt(args[0] ?? 'head')
  const operations = await pond.show(at.kind === 'pending' ? null : at.version)
  const shown = await withEntries(context, operations, at)
  await out.show(shown, async () => {
    if (out.isTerminal && at.kind === 'version') {
      const [entry] = at.version === 0 ? [] : await pond.log({ before: at.version + 1, limit: 1 })
      if (entry !== undefined) {
        await out.line(
          out.bold(`version ${entry.version}`) + `, ${clockTime(entry.committedAt)}, ${visible(entry.author)}`,
        )
        await out.line(`${prose(entry.message).replaceAll(/^/gm, '    ')}\n`)
      }
    }
    if (operations.length === 0) return out.note('no operations')
    const columns = ['', '', '', '', ''].map((title, i) => ({
      title,
      align: i === 2 ? ('right' as const) : ('left' as const),
    }))
    return out.table(columns, shown.map(row))
  })
}

async function withEntries(
  context: Context,
  operations: readonly OperationRecord[],
  at: ResolvedAt,
): Promise<readonly Shown[]> {
  const pond = await context.reading()
  const after = await pond.moment(at)
  const version = at.kind === 'pending' ? at.version : Math.max(0, at.version - 1)
  const before = await pond.moment({ kind: 'version', version })
  const shown: Shown[] = []
  for (const one of operations) {
    context.signal.throwIfAborted()
    const moment = one.operation === 'delete' ? before : after
    shown.push({ ...one, entries: one.fileType === 'directory' ? await entriesAt(moment, one.path) : null })
  }
  return shown
}

/** Null where a later operation of the same version moved or removed the directory. */
async function entriesAt({ fs }: Moment, path: string): Promise<readonly DirectoryEntry[] | null> {
  try {
    return (await fs.list(path)).map(({ name, node }) => ({ name, nodeId: node.id, fileType: node.fileType }))
  } catch (error) {
    if (isPondError(error, 'tinyfs.not-found') || isPondError(error, 'tinyfs.not-a-directory')) return null
    throw error
  }
}

function row(one: Shown): Cell[] {
  return [
    { text: operationLine(one), plain: [one.operation, one.path, one.oldPath ?? ''] },
    one.fileType,
    { text: one.size === null ? '' : size(one.size), plain: String(one.size ?? '') },
    { text: clockTime(one.at), plain: isoTime(one.at) },
    { text: holds(one), plain: one.entries === null ? '' : String(one.entries.length) },
  ]
}

/** `holds a.csv, b.csv and 3 more`. */
function holds({ entries, operation }: Shown): string {
  if (entries === null) return ''
  if (entries.length === 0) return 'empty'
  const names = entries.slice(0, NAMED).map(({ name }) => visible(name))
  const rest = entries.length > NAMED ? ` and ${count(entries.length - NAMED, 'more', 'more')}` : ''
  return `${operation === 'delete' ? 'held' : 'holds'} ${names.join(', ')}${rest}`
}
