/** The `--type` option of verbs that bring content in. */
import type { Invocation } from './invocation'

const TYPES = { data: 'file:data', table: 'file:table', series: 'file:series' } as const

/** `{ fileType }` as the user named it; nothing where the content decides. @throws cli.usage */
export function fileTypeOption(invocation: Invocation): { readonly fileType?: (typeof TYPES)[keyof typeof TYPES] } {
  const type = invocation.choice('type', ['data', 'table', 'series'])
  return type === undefined ? {} : { fileType: TYPES[type] }
}
