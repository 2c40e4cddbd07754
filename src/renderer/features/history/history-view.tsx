import { EmptyState } from '../../ui'

export function HistoryView() {
  return <EmptyState>Committed versions appear here.</EmptyState>
}
