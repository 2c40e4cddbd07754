/**
 * A moment of a pond as the query layer reads it. Part of the wiring: the steward and the query layer
 * do not know each other, this makes one of what the other asks for.
 */
import { PondError } from '../../../shared/errors'
import type { At, Change, ResolvedAt } from '../../../shared/model'
import { childPath, compareUtf8, parsePath, type PondPath } from '../../../shared/path'
import { readingOf } from '../../../shared/reading'
import { fileStates, type FileAt } from './file-states'
import { plainBytes } from './plain-bytes'
import { seriesFilesFor, type SeriesReading } from './series-files'
import type { DataFile } from '../../oplog'
import type {
  ComputedRows,
  DirectoryRow,
  FileState,
  ListedName,
  NamesAsked,
  PendingRow,
  QuerySource,
  SeriesPartFile,
  TableFile,
} from '../../query'
import { lastNodeAt, parsedAt, pondInfo, pondStatus, type Moment, type ParsedAt, type Steward } from '../../steward'
import { TableOutput, TextOutput, type TimeRange } from '../../recipes'
import { glob, type ComputedNode, type Found, type NodeId, type NodeRef } from '../../tinyfs'
import { changesOf, differences, operationRows, Overlay, seriesParts } from '../../tlogfs'

/** Rows that are handed over at once. */
const BATCH = 4_096

const EVERY_NAME: NamesAsked = { prefix: '', limit: Infinity }

/** @param reading how recipes read series; without it, all versions as they are */
/** What is computed at a moment, told without computing it. */
export type Survey = (moment: Moment) => Promise<ComputedRows>

export function querySource(
  steward: Steward,
  moment: Moment,
  { reading, survey = nothing }: { readonly reading?: SeriesReading | undefined; readonly survey?: Survey } = {},
): QuerySource {
  const { backend, at } = moment
  const view = backend instanceof Overlay ? backend.base : backend
  const pondFolder = steward.world.storage.hostPath ?? ''
  const head = view.snapshot.pondVersion
  /** Another moment, counted from the same head. */
  const beside = async (asked: At | ParsedAt): Promise<Moment> => {
    const parsed = parsedAt(asked)
    if (parsed.kind === 'pending' && at.kind === 'pending') return moment
    const isKnown = parsed.kind === 'head' && parsed.back <= head
    return steward.moments.at(isKnown ? { kind: 'version', version: head - parsed.back } : parsed)
  }
  return {
    ...(reading !== undefined && { isForRecipe: true }),
    at,
    pondId: steward.store.pondFile.pondId,
    notice: (text) => steward.store.notices.add(text),
    pondFolder,
    cacheFolder: steward.cache.hostPath,
    dataFiles: view.snapshot.files.map((file) => hostFileOf(pondFolder, file)),
    othersFiles: Object.fromEntries(
      view.snapshot.files
        .filter(({ isOurs }) => !isOurs)
        .map((file) => [hostFileOf(pondFolder, file), file.partitionValues]),
    ),
    hasLaterRows: at.version < head,

    async *pendingRows({ content }): AsyncGenerator<readonly PendingRow[]> {
      if (!(backend instanceof Overlay)) return
      yield* operationRows(backend, { content })
    },

    directoryRows: () => directoryRows(moment),

    async changes(): Promise<readonly Change[]> {
      return at.kind === 'pending' ? changesOf(await differences(view, backend), backend.pace) : []
    },

    async tables(pathOrGlob: string): Promise<readonly TableFile[]> {
      const isPattern = isGlob(pathOrGlob) && !(await moment.fs.exists(pathOrGlob))
      const found = isPattern ? await filesOf(moment, pathOrGlob) : [await moment.fs.find(pathOrGlob)]
      await moment.fs.backend.readAhead?.(found.map(({ node }) => node))
      // One after the other: what several of them are computed of is planned once.
      const files: TableFile[] = []
      for (const each of found) files.push(await tableFile(steward, moment, each, reading))
      return files
    },

    async list(directory: string, { prefix, limit } = EVERY_NAME): Promise<readonly ListedName[]> {
      const { node: folder } = await moment.fs.directory(directory)
      const entries = await moment.fs.backend.entries(folder)
      const from = firstNotBefore(entries, prefix)
      const found: ListedName[] = []
      for (let i = from; i < entries.length && found.length < limit; i++) {
        const { name, node } = entries[i]!
        if (!name.startsWith(prefix)) break
        found.push({ name, fileType: node.fileType })
      }
      return found
    },

    async info(): Promise<Readonly<Record<string, string>>> {
      const info = await pondInfo(steward.store)
      const status = await pondStatus(steward.store, steward.history)
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

    computed: () => survey(moment),

    async moment(text: string): Promise<QuerySource> {
      return querySource(steward, await beside(text), { reading, survey })
    },

    async changesUntil(to: ResolvedAt): Promise<readonly Change[]> {
      return changesOf(await differences(backend, (await beside(to)).backend), backend.pace)
    },

    nodeId: async (path: string) => (await lastNodeAt(moment, parsePath(path))) ?? null,

    async fileStates(path, { from, to, between }): Promise<readonly FileState[]> {
      const context = {
        steward,
        here: moment,
        moment: (other: ResolvedAt) => beside(other),
        table: (other: Moment, file: FileAt) => tableFile(steward, other, file),
      }
      return fileStates(context, { path, from, to, between })
    },
  }
}

/** Recipes see files, and nothing else of the pond. */
const nothing: Survey = async () => ({ recipes: [], lineage: [] })

/** The place of the first of sorted names that does not stand before a text. */
function firstNotBefore(entries: readonly { readonly name: string }[], text: string): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareUtf8(entries[middle]!.name, text) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function hostFileOf(pondFolder: string, { path }: DataFile): string {
  return `${pondFolder}/data/${path}`
}

async function tableFile(
  steward: Steward,
  moment: Moment,
  { path, node }: FileAt,
  reading?: SeriesReading,
): Promise<TableFile> {
  const computed = moment.computed(node)
  if (computed !== undefined) return computedFile(path, computed, reading)
  const { backend } = moment
  const metadata = await moment.fs.backend.metadata(node)
  const said = node.fileType === 'file:data' ? readingOf(metadata.attributes) : undefined
  return {
    path,
    fileType: node.fileType,
    size: metadata.size ?? 0,
    sha256: metadata.sha256 ?? '',
    ...(said !== undefined && { reading: said }),
    hostFile: async () => steward.cache.hostFile(await backend.mustState(node), backend),
    open: async () => plainBytes(await backend.openState(await backend.mustState(node))),
    ...(node.fileType === 'file:series' && {
      parts: () =>
        reading === undefined
          ? partFiles(steward, moment, node)
          : seriesFilesFor({ steward, moment, path }, node, reading),
    }),
  }
}

/** What a pattern names, links followed. A file that a link or a view leads to as well is one table, not two. */
export async function filesOf({ fs }: Moment, pattern: string): Promise<readonly Found[]> {
  const found = new Map<NodeId, Found>()
  for (const match of await glob(fs, pattern)) {
    const target = await fs.find(match.path)
    if (target.node.fileType === 'directory') continue
    const known = found.get(target.node.id)
    if (known === undefined || (known.computed && !target.computed)) found.set(target.node.id, target)
  }
  return [...found.values()].sort((a, b) => compareUtf8(a.path, b.path))
}

/** What a recipe makes: a table by its query, and made where somebody wants bytes. */
async function computedFile(path: string, output: ComputedNode, reading?: SeriesReading): Promise<TableFile> {
  if (output instanceof TextOutput) {
    return {
      path,
      fileType: output.fileType,
      size: 0,
      sha256: (await output.plan()).key,
      hostFile: async (signal) => (await output.made(signal)).hostPath,
      open: async () => plainBytes(await output.open()),
    }
  }
  if (!(output instanceof TableOutput)) {
    // It says what is wrong with it.
    await (await output.open?.(path))?.close()
    throw new Error(`${path} is computed in a way that SQL does not know`)
  }
  const { sql, key } = await output.plan()
  const range = reading?.ranges && hull(reading.ranges)
  return {
    path,
    fileType: output.fileType,
    size: 0,
    sha256: key,
    ...(output.isInlined && { query: range === undefined ? sql : await output.sqlWithin(range) }),
    types: () => output.typesNotKept(),
    told: async ({ code, message, detail }) => {
      const told = output.told(new PondError(code, message, detail))
      return { code: told.code, message: told.message, detail: told.detail }
    },
    hostFile: async (signal) => (await output.made(signal)).hostPath,
    open: async () => plainBytes(await output.open()),
  }
}

async function partFiles(steward: Steward, { backend }: Moment, node: NodeRef): Promise<readonly SeriesPartFile[]> {
  return (await seriesParts(backend, node)).map(({ state, ...part }) => ({
    ...part,
    hostFile: () => steward.cache.hostFile(state, backend),
    open: async () => plainBytes(await backend.openState(state)),
  }))
}

/** From the first of them to the last; undefined of none. */
function hull(ranges: NonNullable<SeriesReading['ranges']>): TimeRange | undefined {
  if (ranges.length === 0) return undefined
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) }
}

async function* directoryRows({ backend }: Moment): AsyncGenerator<readonly DirectoryRow[]> {
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
    await backend.readAheadEntries(directories)
  }
  if (batch.length > 0) yield batch
}

function isGlob(path: string): boolean {
  return /[*?[{]/.test(path)
}
