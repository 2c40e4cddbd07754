/**
 * A moment of a pond as the query layer reads it. Part of the wiring: the steward and the query layer
 * do not know each other, this makes one of what the other asks for.
 */
import type { Change } from '../shared/model'
import { childPath, type PondPath } from '../shared/path'
import type { DirectoryRow, ListedName, PendingRow, QuerySource, SeriesPartFile, TableFile } from './query'
import type { PondMoment, Steward } from './steward'
import { glob, type NodeRef } from './tinyfs'
import { operationRows, Overlay, seriesParts } from './tlogfs'

/** Rows that are handed over at once. */
const BATCH = 4_096

export function querySource(steward: Steward, moment: PondMoment): QuerySource {
  const { backend, at } = moment
  const view = backend instanceof Overlay ? backend.base : backend
  const pondFolder = steward.world.storage.hostPath ?? ''
  return {
    at,
    pondId: steward.pondId,
    pondFolder,
    cacheFolder: steward.cacheHostFolder,
    dataFiles: view.snapshot.files.map((file) => `${pondFolder}/data/${file.path}`),

    async *pendingRows(): AsyncGenerator<readonly PendingRow[]> {
      if (backend instanceof Overlay) yield* operationRows(backend, { transaction: null })
    },

    directoryRows: () => directoryRows(moment),

    async changes(): Promise<readonly Change[]> {
      return at.kind === 'pending' ? (await steward.diff('head', 'pending')).changes : []
    },

    async tables(pathOrGlob: string): Promise<readonly TableFile[]> {
      const found: { path: PondPath; node: NodeRef }[] = []
      if (isGlob(pathOrGlob) && !(await moment.fs.exists(pathOrGlob))) {
        for (const match of await glob(moment.fs, pathOrGlob)) {
          const target = await moment.fs.find(match.path)
          // A file that a link leads to as well is one table, not two.
          const known = found.some(({ node }) => node.id === target.node.id)
          if (target.node.fileType !== 'directory' && !known) found.push({ path: target.path, node: target.node })
        }
      } else found.push(await moment.fs.find(pathOrGlob))
      return Promise.all(
        found.map(async ({ path, node }) => {
          const metadata = await backend.metadata(node)
          return {
            path,
            fileType: node.fileType,
            size: metadata.size ?? 0,
            sha256: metadata.sha256 ?? '',
            hostFile: async () => steward.materialise(await backend.mustState(node), backend),
            ...(node.fileType === 'file:series' && { parts: () => partFiles(steward, moment, node) }),
          }
        }),
      )
    },

    async list(directory: string): Promise<readonly ListedName[]> {
      return (await moment.fs.list(directory)).map(({ name, node }) => ({ name, fileType: node.fileType }))
    },

    async info(): Promise<Readonly<Record<string, string>>> {
      const info = await steward.info()
      const status = await steward.status()
      return {
        pond_id: info.pondId,
        path: info.path,
        created_at: info.createdAt,
        format: String(info.format),
        version: String(info.version),
        delta_version: String(info.deltaVersion),
        pending_operations: String(status.pendingOperations),
        total_nodes: String(status.totalNodes),
        read_at: at.kind === 'pending' ? 'pending' : `version ${at.version}`,
      }
    },
  }
}

async function partFiles(steward: Steward, { backend }: PondMoment, node: NodeRef): Promise<readonly SeriesPartFile[]> {
  return (await seriesParts(backend, node)).map(({ state, ...part }) => ({
    ...part,
    hostFile: () => steward.materialise(state, backend),
  }))
}

async function* directoryRows({ backend }: PondMoment): AsyncGenerator<readonly DirectoryRow[]> {
  let batch: DirectoryRow[] = []
  const waiting: { node: NodeRef; path: PondPath }[] = [{ node: backend.root, path: '/' as PondPath }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const entries = await backend.entries(next.node)
    const directories: NodeRef[] = []
    for (const { name, node } of entries) {
      const path = childPath(next.path, name)
      batch.push({ partId: next.node.id, name, childNodeId: node.id, nodeType: node.fileType, path })
      if (node.fileType === 'directory') {
        directories.push(node)
        waiting.push({ node, path })
      }
      if (batch.length >= BATCH) {
        yield batch
        batch = []
      }
    }
    await (backend instanceof Overlay ? backend.base : backend).prefetch(directories)
  }
  if (batch.length > 0) yield batch
}

function isGlob(path: string): boolean {
  return /[*?[{]/.test(path)
}
