/** Queries to begin with, made from what this pond really holds. */
import type { Entry } from '../../../shared/model'

export interface Example {
  readonly title: string
  readonly sql: string
}

const TABLE_NAME = /\.(parquet|csv|tsv|json|jsonl|ndjson)$/i

export const looksLikeTable = (entry: Entry): boolean =>
  entry.fileType === 'file:table' ||
  entry.fileType === 'file:series' ||
  (entry.fileType === 'file:data' && TABLE_NAME.test(entry.name))

export const pathLiteral = (path: string): string => `'${path.replaceAll("'", "''")}'`

/** @param tables paths of files that read as tables, best first */
export function examplesFor(tables: readonly string[], pending: number): readonly Example[] {
  const [first, second] = tables
  const examples: Example[] = []
  if (first !== undefined) {
    examples.push({ title: `First rows of ${nameOf(first)}`, sql: `SELECT * FROM ${pathLiteral(first)} LIMIT 100` })
    examples.push({ title: `What is in ${nameOf(first)}`, sql: `SUMMARIZE SELECT * FROM ${pathLiteral(first)}` })
  }
  if (second !== undefined) {
    examples.push({ title: `Rows of ${nameOf(second)}`, sql: `SELECT count(*) AS rows FROM ${pathLiteral(second)}` })
  }
  if (pending > 0) {
    examples.push({
      title: 'What is pending',
      sql: 'SELECT path, change, size_before, size_after FROM pond.status ORDER BY path',
    })
  }
  examples.push({
    title: 'The largest files',
    sql: "SELECT path, size, modified_at FROM pond.files WHERE file_type <> 'directory' ORDER BY size DESC LIMIT 50",
  })
  examples.push({
    title: 'The history',
    sql: 'SELECT version, committed_at, author, message FROM pond.log ORDER BY version DESC',
  })
  return examples
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
