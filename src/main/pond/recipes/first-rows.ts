/** The first rows of a stream, as people read them. */
import type { TablePreview } from '../../../shared/model'
import { toText, type RowStream } from '../../query'

/** A value of a cell, of which nobody reads more in a preview. */
const MOST_OF_VALUE = 1_000

/** Reads all of it: whoever wants few rows asks for few. */
export async function firstRows({ columns, batches }: RowStream): Promise<TablePreview> {
  const rows: (string | null)[][] = []
  for await (const batch of batches) {
    for (const row of batch)
      rows.push(row.map((value) => (value == null ? null : toText(value).slice(0, MOST_OF_VALUE))))
  }
  return { columns, rows }
}
