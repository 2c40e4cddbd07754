/** What is pending, compared, committed, discarded and brought back. */
import type { DiffSide, EntryDiff } from '../../shared/contract'
import { isPondError } from '../../shared/errors'
import { isWithin } from '../../shared/path'
import type { Change, Entry } from '../../shared/model'
import type { Moment, Pond } from '../pond'
import { describeContent } from './describe'
import type { Group } from './handlers'
import { pageOf } from './paging'
import type { Session } from './session'
import { steps } from './steps'

export function changesHandlers(session: Session): Group<'changes'> {
  return {
    status: () => session.desk.pond.status(),
    list: async ({ from, to, offset, limit }) => {
      const { changes, ...diff } = await session.desk.pond.diff(from, to)
      return { ...diff, total: changes.length, changes: pageOf(changes, { offset, limit }) }
    },
    diffEntry: ({ path, from, to }) => diffEntry(session.desk.pond, { path, from, to }),
    commit: ({ message, author }, call) =>
      steps(call, (report, signal) =>
        session.desk.pond.commit({ message, signal, onProgress: report, ...(author === null ? {} : { author }) }),
      ),
    discard: async ({ paths }) => {
      const { discarded } = await session.desk.pond.discard(paths)
      return { discarded }
    },
    undo: () => session.desk.pond.undo(),
    restore: ({ path, to }) => session.desk.pond.restore(path, to),
  }
}

/** Follows the entry through moves, its own and those of directories above it: each side has the path it had then. */
export async function diffEntry(
  pond: Pond,
  { path, from, to }: { readonly path: string; readonly from: string; readonly to: string },
): Promise<EntryDiff> {
  // What stayed at its path needs no look at what else changed.
  const stayed = await isSameAt(pond, { path, from, to })
  const changes = stayed ? [] : (await pond.diff(from, to)).changes
  const change = changes.find((one) => one.path === path) ?? changes.find((one) => one.oldPath === path)
  const [before, after] = await Promise.all([
    sideOf(pond, { path: pathBefore(changes, change, path), at: from, gone: change?.change === 'added' }),
    sideOf(pond, { path: change?.path ?? path, at: to, gone: change?.change === 'deleted' }),
  ])
  // Nothing on either side is no comparison: say what is missing.
  if (before === null && after === null) await pond.stat(path, to)
  const kinds = [before?.kind, after?.kind].filter((kind) => kind !== undefined)
  return {
    kind: kinds.every((kind) => kind === kinds[0]) ? (kinds[0] ?? 'binary') : 'binary',
    before: before?.side ?? null,
    after: after?.side ?? null,
  }
}

/** Whether one and the same entry is at the path in both moments. */
async function isSameAt(
  pond: Pond,
  { path, from, to }: { readonly path: string; readonly from: string; readonly to: string },
): Promise<boolean> {
  const [before, after] = [await findEntry(await pond.moment(from), path), await findEntry(await pond.moment(to), path)]
  return before !== undefined && before.nodeId === after?.nodeId
}

/** Nothing below a directory that was moved is a change of its own: the nearest of them says where all of it was. */
function pathBefore(changes: readonly Change[], change: Change | undefined, path: string): string {
  if (change !== undefined) return change.oldPath ?? change.path
  const above = changes
    .filter(({ path: at, oldPath, fileType }) => fileType === 'directory' && oldPath !== null && isWithin(path, at))
    .reduce<Change | undefined>(
      (nearest, each) => (each.path.length > (nearest?.path.length ?? 0) ? each : nearest),
      undefined,
    )
  return above === undefined ? path : above.oldPath! + path.slice(above.path.length)
}

async function sideOf(
  pond: Pond,
  { path, at, gone }: { readonly path: string; readonly at: string; readonly gone: boolean },
): Promise<{ readonly kind: EntryDiff['kind']; readonly side: DiffSide } | null> {
  const moment = await pond.moment(at)
  const entry = gone ? undefined : await findEntry(moment, path)
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
