/** Where a grid's rows come from: any ordered set of rows that can be read at any offset, as Arrow. */
import type { Table } from 'apache-arrow'
import type { Column, SortKey } from '../../../shared/model'

export interface RowSource {
  /** Differs for every result: the grid forgets pages, order and selection when it changes. */
  readonly key: string
  readonly columns: readonly Column[]
  /** Rows that can be paged to now. */
  readonly rowCount: number
  /** False while more rows may follow. */
  readonly final: boolean
  /**
   * Rows `offset` to `offset + limit`; fewer at the end, and where they are large, but at least one then. Columns
   * in the order of `columns`.
   */
  page(offset: number, limit: number, signal: AbortSignal): Promise<Table>
  /** Resolves when pages come in this order; `[]` is the source's own. Null when it cannot be sorted. */
  readonly sort: ((keys: readonly SortKey[]) => Promise<void>) | null
}
