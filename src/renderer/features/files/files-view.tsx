import { EmptyState } from '../../ui'

export function FilesView() {
  return <EmptyState>Choose an entry on the left.</EmptyState>
}
