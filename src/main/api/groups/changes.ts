/** What is pending, compared, committed, discarded and brought back. */
import type { DiffSide, EntryDiff } from '../../../shared/contract'
import { isPondError } from '../../../shared/errors'
import type { Entry } from '../../../shared/model'
import type { Moment, Pond } from '../../pond'
import { describeContent } from './describe'
import type { Group } from '../connection/handlers'
import { pageOf } from '../connection/paging'
import type { Session } from '../connection/session'
import { steps } from '../connection/steps'

export function changesHandlers(session: Session): Group<'changes'> {
  return {
    status: () => session.mustWorkspace().pond.status(),
    list: async ({ from, to, offset, limit }) => {
      const { changes, ...diff } = await session.mustWorkspace().pond.diff(from, to)
      return { ...diff, total: changes.length, changes: pageOf(changes, { offset, limit }) }
    },
    diffEntry: ({ path, from, to }) => diffEntry(session.mustWorkspace().pond, { path, from, to }),
    commit: ({ message, author }, call) =>
      steps(call, (report, signal) =>
        session
          .mustWorkspace()
          .pond.commit({ message, signal, onProgress: report, ...(author === null ? {} : { author }) }),
      ),
    discard: async ({ paths }) => {
      const { discarded } = await session.mustWorkspace().pond.discard(paths)
      return { discarded }
    },
    undo: () => session.mustWorkspace().pond.undo(),
    restore: async ({ path, to }) => {
      const { kept: _kept, commit: _commit, ...outcome } = await session.mustWorkspace().pond.restore(path, to)
      return outcome
    },
  }
}

/** Follows the entry through moves, its own and those of directories above it: each side has the path it had then. */
export async function diffEntry(
  pond: Pond,
  { path, from, to }: { readonly path: string; readonly from: string; readonly to: string },
): Promise<EntryDiff> {
  const moments = { from: await pond.moment(from), to: await pond.moment(to) }
  const paths = await pond.entryPaths(path, moments.from, moments.to)
  const isNowhere = paths.before === null && paths.after === null
  // What is computed is in no change: it is looked for where it was asked for.
  const [was, is] = isNowhere ? [path, path] : [paths.before, paths.after]
  const [before, after] = await Promise.all([sideOf(pond, moments.from, was), sideOf(pond, moments.to, is)])
  // Nothing on either side is no comparison: say what is missing.
  if (before === null && after === null) await moments.to.entry(path)
  const kinds = [before?.kind, after?.kind].filter((kind) => kind !== undefined)
  return {
    kind: kinds.every((kind) => kind === kinds[0]) ? (kinds[0] ?? 'binary') : 'binary',
    before: before?.side ?? null,
    after: after?.side ?? null,
  }
}

async function sideOf(
  pond: Pond,
  moment: Moment,
  path: string | null,
): Promise<{ readonly kind: EntryDiff['kind']; readonly side: DiffSide } | null> {
  const entry = path === null ? undefined : await findEntry(moment, path)
  if (entry === undefined) return null
  const { kind, columns, rows } = await describeContent(pond, moment, entry)
  return {
    kind: kind === 'image' ? 'binary' : kind,
    side: {
      at: moment.at,
      path: entry.path,
      size: entry.size,
      sha256: entry.sha256,
      rows,
      columns,
      target: entry.target,
    },
  }
}

async function findEntry(moment: Moment, path: string): Promise<Entry | undefined> {
  try {
    return await moment.entry(path)
  } catch (error) {
    if (isPondError(error, 'tinyfs.not-found') || isPondError(error, 'tinyfs.not-a-directory')) return undefined
    throw error
  }
}
