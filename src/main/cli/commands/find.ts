/** `pond find`: entries that meet all criteria, anywhere in the pond or of those that a pattern names. */
import type { FileType } from '../../../shared/model'
import type { Run } from '../context'
import { printEntries } from '../entry-lines'
import type { FindCriteria } from '../../pond'

const TYPES: Readonly<Record<string, FileType>> = {
  directory: 'directory',
  symlink: 'symlink',
  data: 'file:data',
  table: 'file:table',
  series: 'file:series',
}

export const run: Run = async (context) => {
  const { out, invocation, args } = context
  const type = invocation.choice('type', Object.keys(TYPES))
  const criteria: FindCriteria = {
    ...given('fileType', type === undefined ? undefined : TYPES[type]),
    ...given('createdAfter', invocation.text('createdAfter')),
    ...given('createdBefore', invocation.text('createdBefore')),
    ...given('attributes', invocation.text('where')),
    ...given('glob', args[0]),
  }
  const pond = await context.reading()
  const entries = await pond.find(criteria, context.at('pending'))
  await out.show(entries, () => printEntries(context, entries, true))
}

function given<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  // A computed key loses its name for the compiler.
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: T })
}
