/** Restores a version, for every part of the window. It asks before pending changes give way. */
import type { Api } from '../../shared/contract'
import type { Change, RestoreOutcome, Version } from '../../shared/model'
import { isWithin, quote } from '../../shared/path'
import { ApiError } from '../connect'
import { followSteps } from './tasks'

/** What is to become of pending changes in the way; null calls the restore off. */
export type Ask = (
  changes: readonly Change[],
) => Promise<{ readonly kind: 'keep'; readonly message: string } | { readonly kind: 'displace' } | null>

/** @param path null for the whole pond. Resolves to null where it was called off. */
export async function restoreTo(
  api: Api,
  { path, version, ask }: { readonly path: string | null; readonly version: Version; readonly ask: Ask },
): Promise<RestoreOutcome | null> {
  const { changes } = await api.changes.list({ limit: 100_000 })
  const displaced = changes.filter((change) => givesWay(change, path))
  const answer = displaced.length === 0 ? ({ kind: 'displace' } as const) : await ask(displaced)
  if (answer === null) return null
  if (answer.kind === 'keep') await commitAll(api, answer.message)
  return api.changes.restore({ path, to: String(version) })
}

/** A deletion has no content to lose: who asks for one entry back means that it is to be there again. */
function givesWay({ path: at, oldPath, change }: Change, path: string | null): boolean {
  if (path === null) return true
  if (change === 'deleted') return false
  return isWithin(at, path) || (oldPath !== null && isWithin(oldPath, path))
}

async function commitAll(api: Api, message: string): Promise<void> {
  const outcome = await followSteps(await api.changes.commit({ message }), () => {})
  if (outcome.outcome !== 'conflict') return
  const [first] = outcome.conflicts
  throw new ApiError({
    code: 'steward.conflict',
    message: `the pending changes cannot be committed: ${quote(first?.path ?? '')}: ${first?.reason ?? ''}`,
    detail: { conflicts: outcome.conflicts },
  })
}
