/** `pond reading`: says how a text file is read as a table, or shows it. */
import type { Description, ReadingOptions } from '../../../shared/model'
import { readingOf } from '../../../shared/reading'
import type { Context, Run } from '../context'
import { oneLine, visible } from '../display'
import { namedBy } from '../patterns'
import { readingFacts, readingOptionsOf } from '../reading-options'
import { showStaged } from '../staged'
import { usage } from '../invocation'

export const run: Run = async (context) => {
  const { invocation } = context
  const said = readingOptionsOf(invocation)
  const isReset = invocation.flag('reset')
  if (Object.keys(said).length === 0 && !isReset) return show(context)
  if (context.at('pending') !== 'pending')
    throw usage('--at is for showing how a file is read: it is said of what is pending')
  const pond = await context.writing()
  const moment = await pond.moment('pending')
  const paths = await namedBy(moment, context.args, (index) => invocation.isLiteral(index))
  const readings = new Map<string, ReadingOptions | null>()
  for (const path of paths) {
    const { metadata } = await moment.fs.stat(path)
    const before = isReset ? {} : (readingOf(metadata.attributes) ?? {})
    const reading = { ...before, ...said }
    readings.set(path, Object.keys(reading).length === 0 ? null : reading)
  }
  const staged = await context.staging((options) =>
    pond.stage(async (fs) => {
      for (const [path, reading] of readings) await fs.setReading(path, reading)
    }, options),
  )
  const status = await showStaged(context, staged)
  const { describe } = await import('../../api')
  for (const path of paths) {
    const { problem } = await describe(pond, await pond.moment('pending'), path)
    if (problem !== null) await context.out.note(`${visible(path)}: ${oneLine(problem.message)}`)
  }
  return status
}

async function show(context: Context): Promise<void> {
  const { out, invocation } = context
  const { describe } = await import('../../api')
  const pond = await context.reading()
  const moment = await pond.moment(context.at('pending'))
  const paths = await namedBy(moment, context.args, (index) => invocation.isLiteral(index))
  const found: (Pick<Description, 'reading' | 'columns' | 'problem'> & {
    readonly path: string
    readonly said: Description['readingOptions']
  })[] = []
  for (const path of paths) {
    const { reading, readingOptions, columns, problem } = await describe(pond, moment, path)
    found.push({ path, said: readingOptions, reading, columns, problem })
  }
  await out.show(found, async () => {
    for (const [index, { path, said, reading, columns, problem }] of found.entries()) {
      if (index > 0) await out.line('')
      const facts = [
        ['path', visible(path)] as const,
        ['said', said === null ? null : oneLine(JSON.stringify(said))] as const,
        ...(reading === null ? [] : readingFacts(reading)),
        ['problem', problem === null ? null : oneLine(problem.message)] as const,
      ]
      await out.table(
        [{ title: '' }, { title: '' }],
        facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
      )
      for (const { message } of reading?.notes ?? []) await out.line(`  ${oneLine(message)}`)
      const formats = new Map((reading?.columns ?? []).map(({ name, format }) => [name, format]))
      await out.table(
        [{ title: '' }, { title: '' }, { title: '' }],
        (columns ?? []).map(({ name, type }) => [`  ${visible(name)}`, type, formats.get(name) ?? '']),
      )
    }
  })
}
