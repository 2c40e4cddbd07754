/** Entries by path: listing, describing, arranging, bringing in and copying out. */
import { randomUUID } from 'node:crypto'
import type { ImportConflict } from '../../../shared/contract'
import { mustGoOn } from '../../../shared/cancellation'
import { isPondError, PondError } from '../../../shared/errors'
import { parsePath, type PondPath } from '../../../shared/path'
import { parseReading } from '../../../shared/reading'
import type { Moment } from '../../pond'
import { describe } from './describe'
import type { Group } from '../connection/handlers'
import { copyOut } from '../transfer/host-folder'
import { Import } from '../transfer/imports'
import type { Session } from '../connection/session'
import { steps } from '../connection/steps'

export function filesHandlers(session: Session): Group<'files'> {
  const pond = () => session.mustWorkspace().pond
  return {
    list: async ({ path, at, deleted, offset, limit }) => {
      const moment = await pond().moment(at)
      const { total, entries } = await moment.listPage(path, deleted, { offset, limit })
      return { path: parsePath(path), at: moment.at, total, entries }
    },
    stat: ({ path, at }) => pond().stat(path, at),
    describe: async ({ path, at, reading, previewRows }, { signal }) =>
      describe(pond(), await pond().moment(at), path, {
        reading: reading === null ? null : parseReading(reading),
        previewRows,
        signal,
      }),
    setReading: async ({ path, reading }) => {
      const said = reading === null ? null : parseReading(reading)
      const { operations } = await pond().stage((fs) => fs.setReading(path, said))
      return { staged: operations.length }
    },
    versions: ({ path }) => pond().fileVersions(path),

    makeDirectory: ({ path, parents }) =>
      pond().stageEntry(async (fs) => {
        await fs.createDirectory(path, { parents })
        return path
      }),
    link: ({ path, target }) =>
      pond().stageEntry(async (fs) => {
        await fs.createSymlink(path, target)
        return path
      }),
    rename: ({ from, to }) =>
      pond().stageEntry(async (fs) => {
        await fs.rename(from, to)
        return to
      }),
    remove: async ({ paths, recursive }) => {
      const { operations, displaced } = await pond().stage(
        async (fs) => {
          for (const path of outermost(paths)) await fs.remove(path, { recursive })
        },
        { undoable: true },
      )
      return { staged: operations.length, displaced: displaced.length }
    },

    existing: async ({ paths }, { signal }) => {
      const moment = await pond().moment('pending')
      const conflicts: ImportConflict[] = []
      for (const path of paths) {
        mustGoOn(signal)
        const conflict = await conflictAt(moment, path)
        if (conflict !== undefined) conflicts.push(conflict)
      }
      return conflicts
    },
    beginImport: async () => {
      const { pond, imports } = session.mustWorkspace()
      const { readOnly } = await pond.info()
      if (readOnly !== null) throw new PondError('steward.read-only', readOnly.message, { reason: readOnly.code })
      const begun = new Import(randomUUID(), pond)
      imports.set(begun.id, begun)
      return { importId: begun.id }
    },
    importHostPaths: ({ importId, destination, hostPaths }, call) =>
      steps(call, (report, signal) =>
        session.mustWorkspace().import(importId).addHostPaths({ destination, hostPaths, report, signal }),
      ),
    finishImport: ({ importId, onExisting, expected }, call) =>
      steps(call, async (report, signal) => {
        const workspace = session.mustWorkspace()
        const { imported } = await workspace
          .import(importId)
          .finish({ onExisting, expected: expected ?? [], report, signal })
        workspace.imports.delete(importId)
        return imported
      }),
    cancelImport: async ({ importId }) => {
      const { imports } = session.mustWorkspace()
      const cancelled = imports.get(importId)
      imports.delete(importId)
      await cancelled?.close()
    },

    exportTo: ({ paths, at, folder, replace }, call) =>
      steps(call, async (report, signal) =>
        copyOut({
          moment: await pond().moment(at),
          paths,
          folder,
          replace,
          ponds: pond().openFolders(),
          report,
          signal,
        }),
      ),
  }
}

/** What is below another of the paths goes with that one. */
function outermost(paths: readonly string[]): readonly PondPath[] {
  const all = new Set(paths.map((path) => parsePath(path)))
  return [...all].filter((path) => {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (all.has(path.slice(0, end) as PondPath)) return false
    }
    return true
  })
}

async function conflictAt({ fs }: Moment, path: string): Promise<ImportConflict | undefined> {
  try {
    const { metadata, path: truePath } = await fs.stat(path, { follow: false })
    return { path: truePath, size: metadata.size }
  } catch (error) {
    if (isPondError(error, 'tinyfs.not-found') || isPondError(error, 'tinyfs.not-a-directory')) return undefined
    throw error
  }
}
