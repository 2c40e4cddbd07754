import { EmptyState } from '../../ui'

export function ChangesView() {
  return <EmptyState>Pending changes appear here.</EmptyState>
}
