/** `pond append`: adds a version to a series from a file of this machine, or from stdin. */
import { basename } from 'node:path'
import { quote } from '../../../shared/path'
import type { Run } from '../context'
import { count, eventSpan } from '../display'
import { hostContent } from '../host-content'
import { usage } from '../invocation'
import { completeContent, expectedContent } from '../expected-content'
import { noteReading, readingOptionsOf } from '../reading-options'
import { showStaged } from '../staged'

const FORMATS = ['csv', 'json', 'jsonl', 'parquet'] as const

export const run: Run = async (context) => {
  const { invocation, io, out, signal } = context
  const [path, file] = context.args as readonly [string, string]
  const host = file === '-' ? undefined : context.hostPath(file.replace(/^host:(\/\/(?=\/))?/, ''))
  if (host === undefined && io.stdinIsTerminal) throw usage('expected content on stdin, found none: pipe something in')
  const format = invocation.choice('format', FORMATS)
  const timestampColumn = invocation.text('timestampColumn')
  const source = host === undefined ? io.stdin : hostContent(host)
  const content = completeContent(source, expectedContent(invocation), host === undefined ? 'stdin' : quote(host))
  const reading = readingOptionsOf(invocation)
  const pond = await context.writing()
  const { operations, commit, ...appended } = await context.staging((options) =>
    pond.appendSeries(path, content, {
      parents: invocation.flag('parents'),
      ...(host === undefined ? {} : { name: basename(host) }),
      ...(format === undefined ? {} : { format }),
      ...(timestampColumn === undefined ? {} : { timestampColumn }),
      ...(Object.keys(reading).length === 0 ? {} : { reading }),
      ...options,
      signal,
    }),
  )
  const { rows, minEventTime: min, maxEventTime: max } = appended
  const times = min === null || max === null ? '' : `, ${eventSpan(min, max)}`
  const verdict = await showStaged(context, { operations, commit }, appended)
  if (!out.isJson) await out.note(count(rows, 'row') + times)
  await noteReading(out, host === undefined ? path : basename(host), appended.reading)
  return verdict
}
