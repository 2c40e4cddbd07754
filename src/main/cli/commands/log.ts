/** `pond log`: versions, newest first. */
import type { LogEntry } from '../../../shared/model'
import { countsText } from '../changes'
import type { Run } from '../context'
import { clockTime, count, isoTime, oneLine, visible } from '../display'
import type { Cell } from '../output'

export const run: Run = async (context) => {
  const { out, args, invocation } = context
  const limit = invocation.number('limit', { min: 1, max: 1_000_000 }) ?? 50
  const [path] = args
  const pond = await context.reading()
  const entries = await pond.log({ limit, ...(path === undefined ? {} : { path }) })
  await out.show(entries, async () => {
    if (entries.length === 0)
      return out.note(
        path === undefined ? 'nothing committed yet' : `no version has ${visible(path)} yet: it is pending`,
      )
    return out.table(
      ['version', 'committed', 'author', 'operations', 'message'].map((title, i) => ({
        title,
        align: i === 0 ? 'right' : 'left',
      })),
      entries.map(row),
    )
  })
}

function row({ version, committedAt, author, operations, counts, message }: LogEntry): Cell[] {
  return [
    String(version),
    { text: clockTime(committedAt), plain: isoTime(committedAt) },
    author,
    {
      text: operations === 0 ? '' : `${count(operations, 'operation')} (${countsText(counts)})`,
      plain: String(operations),
    },
    oneLine(message),
  ]
}
