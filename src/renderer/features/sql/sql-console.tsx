import { EmptyState } from '../../ui'

export function SqlConsole() {
  return <EmptyState>The SQL console opens here.</EmptyState>
}
