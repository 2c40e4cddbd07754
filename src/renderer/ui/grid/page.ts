/** A window of rows as it came over the wire, read cell by cell. */
import type { Data, Table } from 'apache-arrow'
import { valueJson, valueSize, valueText } from './value-text'

export class Page {
  readonly rows: number
  private readonly batches: readonly { readonly from: number; readonly columns: readonly Data[] }[]

  constructor(
    /** The first row's number in the whole result. */
    readonly offset: number,
    private readonly table: Table,
  ) {
    this.rows = table.numRows
    let from = 0
    this.batches = table.batches.map((batch) => {
      const at = from
      from += batch.numRows
      return { from: at, columns: batch.data.children }
    })
  }

  /** `row` counts in the whole result. Null for NULL. */
  text(row: number, column: number): string | null {
    return this.read(row, column, valueText)
  }

  json(row: number, column: number): string {
    return this.read(row, column, valueJson)
  }

  size(row: number, column: number): string | null {
    return this.read(row, column, valueSize)
  }

  has(row: number): boolean {
    return row >= this.offset && row < this.offset + this.rows
  }

  /** This page and the rows that follow it. */
  with(rest: Table): Page {
    return new Page(this.offset, this.table.concat(rest))
  }

  private read<T>(row: number, column: number, as: (data: Data, index: number) => T): T {
    const index = row - this.offset
    const batch = this.batches.findLast((b) => b.from <= index)
    const data = batch?.columns[column]
    if (batch === undefined || data === undefined)
      throw new RangeError(`row ${row}, column ${column} is not in this page`)
    return as(data, index - batch.from)
  }
}
