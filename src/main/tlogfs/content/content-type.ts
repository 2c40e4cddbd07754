/**
 * What a file becomes by its content: a table where the content is valid Parquet, a series where somebody
 * said so and it has event times, plain data otherwise. A file keeps its type; content that does not fit
 * it is refused, unless another type is asked for. Semantics in docs/engine.md.
 */
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import type { Content } from './blobs'

export type ContentType = 'file:data' | 'file:table' | 'file:series'

export interface TypeWish {
  readonly path: string
  /** What the caller asked for. */
  readonly asked: ContentType | undefined
  /** What the file is already. */
  readonly existing: ContentType | undefined
}

/** @throws tlogfs.not-a-table, tlogfs.not-a-series */
export function typeOfContent(content: Content, { path, asked, existing }: TypeWish): ContentType {
  const wanted = asked ?? existing
  if (wanted === undefined) return isTable(content) ? 'file:table' : 'file:data'
  if (wanted === 'file:table' && !isTable(content)) throw notATable(path, problemOf(content))
  if (wanted === 'file:series' && !isTable(content)) throw notASeries(path, problemOf(content))
  return wanted
}

function isTable({ parquet }: Content): boolean {
  return parquet?.problem === null
}

/** Why content that should be Parquet is none, as the end of a sentence about it. */
export function problemOf({ parquet, size }: Content): string {
  if (size === 0) return 'it is empty'
  return parquet?.problem ?? 'it does not begin as Parquet does'
}

function notATable(path: string, reason: string): PondError {
  return new PondError('tlogfs.not-a-table', `${quote(path)}: expected a Parquet table: ${reason}`, { path, reason })
}

export function notASeries(path: string, reason: string, detail: Readonly<Record<string, unknown>> = {}): PondError {
  const message = `${quote(path)}: expected a table with event times: ${reason}`
  return new PondError('tlogfs.not-a-series', message, { path, reason, ...detail })
}
