/** The `--type` option of verbs that bring content in. */
import type { Invocation } from './invocation'

const TYPES = { data: 'file:data', table: 'file:table' } as const

/** `{ fileType }` as the user named it; nothing where the content decides. @throws cli.usage */
export function fileTypeOption(invocation: Invocation): { readonly fileType?: 'file:data' | 'file:table' } {
  const type = invocation.choice('type', ['data', 'table'])
  return type === undefined ? {} : { fileType: TYPES[type] }
}
