/** `pond show`: the operations of a version, or the pending ones. */
import type { OperationRecord } from '../../../shared/model'
import type { Run } from '../context'
import { clockTime, isoTime, size } from '../display'
import { operationLine } from '../staged'
import type { Cell } from '../output'

export const run: Run = async (context) => {
  const { out, args } = context
  const pond = await context.reading()
  const at = await pond.resolveAt(args[0] ?? 'head')
  const operations = await pond.show(at.kind === 'pending' ? null : at.version)
  await out.show(operations, async () => {
    if (out.isTerminal && at.kind === 'version') {
      const [entry] = at.version === 0 ? [] : await pond.log({ before: at.version + 1, limit: 1 })
      if (entry !== undefined) {
        await out.line(out.bold(`version ${entry.version}`) + `, ${clockTime(entry.committedAt)}, ${entry.author}`)
        await out.line(`${entry.message.replaceAll(/^/gm, '    ')}\n`)
      }
    }
    if (operations.length === 0) return out.note('no operations')
    return out.table([{ title: '' }, { title: '' }, { title: '', align: 'right' }, { title: '' }], operations.map(row))
  })
}

function row(one: OperationRecord): Cell[] {
  return [
    { text: operationLine(one), plain: [one.operation, one.path, one.oldPath ?? ''] },
    one.fileType,
    { text: one.size === null ? '' : size(one.size), plain: String(one.size ?? '') },
    { text: clockTime(one.at), plain: isoTime(one.at) },
  ]
}
