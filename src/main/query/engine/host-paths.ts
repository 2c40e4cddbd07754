/**
 * Host paths in what DuckDB tells of a statement (EXPLAIN ANALYZE, its catalog), turned into the names that
 * the pond has for the files. EXPLAIN draws boxes and breaks long names into lines; their shape is kept.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api'
import { TypeId } from './duckdb-types'

export type PathNames = Iterable<readonly [hostPath: string, name: string]>

/** Changes the texts of a chunk. */
export function hidePaths(chunk: DuckDBDataChunk, names: PathNames): void {
  const all = [...names]
  for (let column = 0; column < chunk.columnCount; column++) {
    if ((chunk.getColumnVector(column).type.typeId as number) !== TypeId.VARCHAR) continue
    const values = chunk.getColumnValues(column)
    const hidden = values.map((value) => (typeof value === 'string' ? withNames(value, all) : value))
    if (hidden.some((value, row) => value !== values[row])) chunk.setColumnValues(column, hidden)
  }
}

function withNames(text: string, names: PathNames): string {
  let result = text
  for (const [hostPath, name] of names) {
    result = result.replaceAll(hostPath, name)
    // The end is what differs between paths; a text without it need not be searched for what is broken.
    if (result.includes('\u2502')) result = result.replaceAll(broken(hostPath), (found) => overwritten(found, name))
  }
  return result
}

/** Where a line of a box may end and the next begin. */
const BREAK = '(?:\\s*\u2502[^\\n]*\\n[^\\S\\n]*\u2502\\s*)'

function broken(path: string): RegExp {
  const parts = [...path].map((character) => character.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(parts.join(`${BREAK}?`), 'g')
}

/** The name written over the path, in the places where the path's characters are; spaces in the rest. */
function overwritten(found: string, name: string): string {
  const rest = [...name].reverse()
  return found.replaceAll(/[^\s\u2502]/gu, () => rest.pop() ?? ' ')
}
