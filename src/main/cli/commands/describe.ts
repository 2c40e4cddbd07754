/** `pond describe`: what an entry is; with a pattern, each entry that it names. */
import type { Description } from '../../../shared/model'
import type { Context, Run } from '../context'
import { count, grouped, isoTime, oneLine, size, visible } from '../display'
import { isPattern } from '../patterns'
import { readingFacts, readingOptionsOf } from '../reading-options'

export const run: Run = async (context) => {
  const { out, invocation } = context
  const [path] = context.args as readonly [string]
  const at = context.at('pending')
  const said = readingOptionsOf(invocation)
  const previewRows = invocation.number('preview', { min: 0, max: 1_000 }) ?? 0
  const reading = Object.keys(said).length === 0 ? {} : { besides: said }
  const request = { ...reading, previewRows, signal: context.signal }
  const { describe } = await import('../../api')
  const pond = await context.reading()
  const moment = await pond.moment(at)
  if (invocation.isLiteral(0) || !isPattern(path) || (await moment.fs.exists(path, { follow: false }))) {
    const description = await describe(pond, moment, path, request)
    return out.show(description, () => print(context, description))
  }
  const descriptions: Description[] = []
  for (const entry of await moment.glob(path, false)) {
    context.signal.throwIfAborted()
    descriptions.push(await describe(pond, moment, entry.path, request))
  }
  await out.show(descriptions, async () => {
    for (const [i, description] of descriptions.entries()) {
      if (i > 0) await out.line('')
      await print(context, description)
    }
  })
}

async function print({ out }: Context, description: Description): Promise<void> {
  const { entry, kind, tableFormat, rows, rowGroups, columns, problem, versions } = description
  const { minEventTime: first, maxEventTime: last, reading, readingOptions: said, preview } = description
  const facts: (readonly [string, string | null])[] = [
    ['path', visible(entry.path)],
    ['kind', tableFormat === null ? kind : `${kind} (${tableFormat})`],
    ['type', entry.fileType],
    ['media type', entry.mediaType],
    ['target', entry.target],
    ['view of', entry.view === undefined ? null : visible(entry.view.glob)],
    ['names', entry.view?.name === undefined ? null : visible(entry.view.name)],
    ['size', entry.size === null ? null : `${size(entry.size)} (${entry.size} bytes)`],
    ['sha256', entry.sha256],
    ['modified', isoTime(entry.modifiedAt)],
    ['versions', String(versions)],
    ['pending', entry.change],
    ['rows', rows === null ? null : grouped(rows)],
    ['row groups', rowGroups === null ? null : String(rowGroups.length)],
    ['events', first === null || last === null ? null : `${isoTime(first)} to ${isoTime(last)}`],
    ['said', said === null ? null : oneLine(JSON.stringify(said))],
    ...(reading === null ? [] : readingFacts(reading)),
    ['problem', problem === null ? null : oneLine(problem.message)],
  ]
  await out.table(
    [{ title: '' }, { title: '' }],
    facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  )
  for (const { message } of reading?.notes ?? []) await out.line(`  note: ${oneLine(message)}`)
  if (columns === null) return
  await out.line(`${count(columns.length, 'column')}:`)
  await out.table(
    [{ title: '' }, { title: '' }],
    columns.map(({ name, type }) => [`  ${visible(name)}`, type]),
  )
  if (preview === null) return
  await out.line(`first ${count(preview.rows.length, 'row')}:`)
  await out.table(
    preview.columns.map(({ name }) => ({ title: visible(name) })),
    preview.rows.map((row) => row.map((value) => (value === null ? 'NULL' : oneLine(value)))),
  )
}
