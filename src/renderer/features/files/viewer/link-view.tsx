/** A link: where it points, and the way there. */
import { Button } from '@mantine/core'
import { parsePath } from '../../../../shared/path'
import type { Entry } from '../../../../shared/model'
import { useRead, useSession } from '../../../session'
import { displayName, EmptyState } from '../../../ui'
import { revealInTree } from '../state'

export function LinkView({ entry }: { readonly entry: Entry }) {
  const target = resolve(entry)
  const there = useRead(['stat', target], (api, at) => api.files.stat({ path: target ?? '/', at }), {
    enabled: target !== null,
  })
  const go = (): void => {
    if (target === null) return
    useSession.getState().select(target)
    revealInTree(target)
  }
  const dangling = target === null || there.error !== null
  return (
    <EmptyState action={dangling ? undefined : <Button onClick={go}>Go there</Button>}>
      Points to {displayName(entry.target ?? '')}
      {dangling && !there.isPending ? ', which is not there.' : '.'}
    </EmptyState>
  )
}

/** The path it leads to, links on the way aside; null where it climbs out of the pond. */
function resolve({ path, target }: Entry): string | null {
  if (target === null) return null
  try {
    return parsePath(target.startsWith('/') ? target : `${path.slice(0, path.lastIndexOf('/'))}/${target}`)
  } catch {
    return null
  }
}
