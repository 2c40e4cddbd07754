/** The middle of the Files tab: the selected entry opened by its kind, or the root directory. */
import { useDebouncedValue } from '@mantine/hooks'
import { useSession } from '../../session'
import { Viewer } from './viewer/viewer'

/** Holding an arrow key down in the tree must not ask for every entry on the way. */
const SETTLE_MS = 60

export function FilesView() {
  const selected = useSession((s) => s.selected)
  const [path] = useDebouncedValue(selected ?? '/', SETTLE_MS)
  return <Viewer key={path} path={path} />
}
