/**
 * What can be done with entries. Every action stages through the API and tells the outcome; what
 * follows from it (rows, counts, versions) is news that everybody hears.
 */
import { contentUrl } from '../../../shared/bytes'
import { baseName, childPath, isWithin, parentPath, parsePath, type PondPath } from '../../../shared/path'
import type { Change, Version } from '../../../shared/model'
import {
  failureOf,
  followSteps,
  isInterrupted,
  moveDrafts,
  restoreTo,
  runCommand,
  runTask,
  takeDrafts,
  unsavedOf,
  useAt,
  useConnection,
  usePond,
  useSession,
  type Connection,
} from '../../session'
import { askToDisplace, displayName, formatCount, notifyDone, notifyFailure } from '../../ui'
import type { TreeEntry } from './navigator/tree-model'
import { mark, revealInTree, showDialog } from './state'

export interface FileActions {
  makeFolder(parent: string, name: string): Promise<boolean>
  makeLink(parent: string, name: string, target: string): Promise<boolean>
  rename(path: string, name: string): Promise<boolean>
  move(paths: readonly string[], directory: string): Promise<void>
  /** Asks first where something would be lost. */
  remove(entries: readonly TreeEntry[]): Promise<void>
  /** Without asking. */
  removeNow(entries: readonly TreeEntry[]): Promise<void>
  discard(paths: readonly string[]): Promise<void>
  /** Asks first where something pending would go. */
  restore(path: string, version: Version): Promise<void>
  /** Stores what a computed file is now, in its own place. */
  freeze(path: string): Promise<void>
  download(path: string, at?: string): void
  /** To a folder of this machine: the system's chooser, or the window's own. */
  exportEntries(paths: readonly string[]): Promise<void>
  exportTo(paths: readonly string[], folder: string, replace?: boolean): Promise<void>
}

export function useFileActions(): FileActions {
  const connection = useConnection()
  const { pondId } = usePond()
  const at = useAt()
  return createActions(connection, pondId, String(at))
}

function createActions(connection: Connection, pondId: string, at: string): FileActions {
  const { api } = connection

  const attempt = async (what: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work()
      return true
    } catch (error) {
      tellFailure(what, error)
      return false
    }
  }

  const select = (path: string): void => {
    useSession.getState().select(path)
    revealInTree(path)
  }

  const removeNow = async (entries: readonly TreeEntry[]): Promise<void> => {
    const paths = outermost(entries.map((e) => e.path))
    const what = paths.length === 1 ? nameOf(paths[0] as string) : formatCount(paths.length, 'entry', 'entries')
    await attempt(`${what} was not deleted`, async () => {
      const { staged, displaced } = await api.files.remove({
        paths,
        recursive: entries.some((e) => e.fileType === 'directory'),
      })
      const edits = paths.map((path) => takeDrafts(pondId, path))
      const undo = (bring: () => void) => ({ label: 'Undo', run: () => (bring(), edits.forEach((back) => back())) })
      const { selected } = useSession.getState()
      if (selected !== null && paths.some((path) => isWithin(selected, path))) useSession.getState().select(null)
      mark([])
      if (staged === 0) return notifyDone(`Removed ${what}, which was never committed`)
      // What was pending of it comes back too; a discard of the deletion would take that along.
      notifyDone(`Deleted ${what}`, undo(displaced > 0 ? UNDO.run : () => void bringBack(paths)))
    })
  }

  /** Discards every deletion at or below these paths. */
  const bringBack = (paths: readonly string[]): Promise<boolean> =>
    attempt('The deletion was not undone', async () => {
      const { changes } = await api.changes.list({ limit: 100_000 })
      const gone = changes.filter((c) => c.change === 'deleted' && paths.some((path) => isWithin(c.path, path)))
      await api.changes.discard({ paths: gone.map((c) => c.path) })
    })

  const actions: FileActions = {
    makeFolder: (parent, name) =>
      attempt(`The folder ${nameOf(name)} was not made`, async () => {
        const { path } = await api.files.makeDirectory({ path: childPath(parent as PondPath, name) })
        select(path)
      }),
    makeLink: (parent, name, target) =>
      attempt(`The link ${nameOf(name)} was not made`, async () => {
        const { path } = await api.files.link({ path: childPath(parent as PondPath, name), target })
        select(path)
      }),
    rename: (path, name) =>
      attempt(`${nameOf(path)} was not renamed`, async () => {
        const entry = await api.files.rename({ from: path, to: childPath(parentPath(path as PondPath), name) })
        moveDrafts(pondId, path, entry.path)
        select(entry.path)
      }),
    move: async (paths, directory) => {
      for (const path of outermost(paths)) {
        if (parentPath(path as PondPath) === directory || path === directory) continue
        const moved = await attempt(`${nameOf(path)} was not moved`, async () => {
          const entry = await api.files.rename({ from: path, to: childPath(parsePath(directory), baseName(path)) })
          moveDrafts(pondId, path, entry.path)
          select(entry.path)
        })
        if (!moved) return
      }
      mark([])
    },
    remove: async (entries) => {
      const unsaved = unsavedOf(pondId)
      const losing = entries.some(
        (e) =>
          e.fileType === 'directory' || e.change === 'added' || e.change === 'modified' || unsaved.includes(e.path),
      )
      if (losing || entries.length > 1) showDialog({ kind: 'delete', entries })
      else await removeNow(entries)
    },
    removeNow,
    discard: async (paths) => {
      await attempt('The changes were not discarded', async () => {
        const { discarded } = await api.changes.discard({ paths: [...paths] })
        notifyDone(`Discarded ${formatCount(discarded, 'pending operation')}`, UNDO)
      })
    },
    restore: async (path, version) => {
      const ask = (changes: readonly Change[]) =>
        askToDisplace({
          title: `Restore ${nameOf(path)} as of version ${version}?`,
          aim: `${nameOf(path)} is as it was in version ${version}`,
          message: `Before ${nameOf(path)} goes back to version ${version}`,
          changes,
        })
      await attempt(`${nameOf(path)} was not restored`, async () => {
        const outcome = await restoreTo(api, { path, version, ask })
        if (outcome === null) return
        const { staged, target, displaced } = outcome
        if (staged === 0) return notifyDone(`${nameOf(path)} is as it was at ${target} already`)
        useSession.getState().setAt('pending')
        notifyDone(
          `Restored ${nameOf(path)} to ${target}, as a pending change`,
          displaced.length > 0 ? UNDO : undefined,
        )
      })
    },
    freeze: async (path) => {
      await attempt(`${nameOf(path)} was not frozen`, async () => {
        await runTask(`Freezing ${nameOf(path)}`, async (task) =>
          followSteps(await api.recipes.freeze({ path }, { signal: task.signal }), task.progress),
        )
        notifyDone(`${nameOf(path)} stays as it is now, as a pending change`, {
          label: 'Undo',
          run: () =>
            void attempt(`${nameOf(path)} is still frozen`, async () => {
              await api.changes.discard({ paths: [path] })
            }),
        })
      })
    },
    download: (path, moment = at) => {
      const link = document.createElement('a')
      link.href = connection.bytesBase + contentUrl(pondId, path, moment, { download: true })
      link.download = baseName(path)
      link.click()
    },
    exportEntries: async (paths) => {
      if (connection.kind !== 'electron') return showDialog({ kind: 'export', paths })
      const { path: folder } = await api.host.chooseFolder({ title: 'Export to a folder' })
      if (folder !== null) await actions.exportTo(paths, folder)
    },
    exportTo: async (paths, folder, replace = false) => {
      const what = paths.length === 1 ? nameOf(paths[0] as string) : formatCount(paths.length, 'entry', 'entries')
      await attempt(`${what} was not exported`, async () => {
        const result = await runTask(`Exporting ${what}`, async (task) =>
          followSteps(
            await api.files.exportTo({ paths: [...paths], at, folder, replace }, { signal: task.signal }),
            task.progress,
          ),
        )
        if (result.skipped.length === 0)
          return notifyDone(
            `Exported ${formatCount(result.files, 'file')} to ${displayName(folder)}`,
            connection.kind === 'electron'
              ? { label: 'Show in folder', run: () => void api.host.showInFolder({ path: folder }) }
              : undefined,
          )
        const [first] = result.skipped
        const rest = result.skipped.length > 1 ? ` and ${result.skipped.length - 1} more` : ''
        notifyDone(
          `Exported ${formatCount(result.files, 'file')}; skipped ${displayName(first?.path ?? '')}${rest}: ${first?.reason ?? ''}`,
          replace ? undefined : { label: 'Replace them', run: () => void actions.exportTo(paths, folder, true) },
        )
      })
    },
  }
  return actions
}

const UNDO = { label: 'Undo', run: () => runCommand('changes.undo') }

/** Draws a failed action; a pond locked by somebody else gets its band. */
export function tellFailure(what: string, error: unknown): void {
  if (isInterrupted(error)) return
  const failure = failureOf(error)
  if (failure.code === 'steward.locked' || failure.code === 'platform.locked')
    useSession.getState().setLockedBy(failure)
  notifyFailure(what, failure)
}

/** Without the paths that lie below another one of them. */
function outermost(paths: readonly string[]): string[] {
  const kept: string[] = []
  for (const path of [...paths].sort()) {
    if (!kept.some((outer) => isWithin(path, outer))) kept.push(path)
  }
  return kept
}

function nameOf(path: string): string {
  return `"${displayName(baseName(path))}"`
}
