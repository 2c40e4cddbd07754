/** The rows of one side of a comparison, or why they cannot be read. */
import type { WireError } from '../../../shared/model'
import { EmptyState } from '../empty-state'
import { ErrorState } from '../error-state'
import { ResultGrid, type RowSource } from '../grid'

export function SideRowsView({
  source,
  failure,
  name,
}: {
  readonly source: RowSource | null
  readonly failure: WireError | null
  readonly name: string
}) {
  if (failure !== null) return <ErrorState title="The rows cannot be read" failure={failure} />
  if (source === null) return <EmptyState>Reading…</EmptyState>
  return <ResultGrid source={source} label={`Rows in ${name}`} />
}
