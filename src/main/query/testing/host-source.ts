/**
 * A `QuerySource` over plain files of this machine: a second implementation of the interface that the
 * layer owns, for tests of what needs no pond. Files are kept under names without an extension, as a
 * pond keeps its blobs.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import picomatch from 'picomatch'
import { afterAll } from 'vitest'
import { PondError } from '../../../shared/errors'
import type { World } from '../../platform'
import { nodeStorage, nodeWorld } from '../../platform/node'
import { openQueries, toJson, type Json, type Queries, type QuerySource, type TableFile } from '../index'

/** A file of the vega-datasets package: real data. */
export function vega(name: string): Promise<Buffer> {
  return readFile(new URL(`../../../../node_modules/vega-datasets/data/${name}`, import.meta.url))
}

export interface Bench {
  readonly world: World
  readonly folder: string
  readonly queries: Queries
  /** A source of these files. */
  source(files?: Readonly<Record<string, string | Uint8Array>>, more?: Partial<QuerySource>): Promise<QuerySource>
  /** All rows as JSON. */
  rows(source: QuerySource, sql: string): Promise<Json[][]>
  /** Folders that instances of DuckDB have spilled into. */
  spilled(): Promise<string[]>
}

/** A temporary folder and a query layer over it; both are gone after the tests of the file. */
export async function openBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'duckpond-query-'))
  const blobs = join(folder, 'blobs')
  const tempFolder = join(folder, 'temp')
  await mkdir(blobs)
  const world = nodeWorld({ storage: nodeStorage(folder) })
  const queries = openQueries(world, { tempFolder, threads: 2 })
  afterAll(async () => {
    await queries.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    world,
    folder,
    queries,
    source: (files = {}, more = {}) => hostSource(blobs, files, more),
    async rows(source, sql) {
      const stream = await queries.stream(source, sql)
      const rows: Json[][] = []
      for await (const batch of stream.batches) {
        for (const row of batch) rows.push(row.map((value, index) => toJson(value, stream.columns[index]!.type)))
      }
      return rows
    },
    spilled: async () =>
      (await readdir(tempFolder, { recursive: true })).filter((name) => /^duckdb-[^/]+$/.test(basename(name))),
  }
}

async function hostSource(
  blobs: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  more: Partial<QuerySource>,
): Promise<QuerySource> {
  const tables = new Map<string, TableFile>()
  for (const [path, content] of Object.entries(files)) {
    const sha256 = createHash('sha256').update(content).digest('hex')
    const hostPath = join(blobs, sha256)
    await writeFile(hostPath, content)
    const size = Buffer.byteLength(content)
    const bytes = Buffer.from(content)
    tables.set(path, {
      path,
      fileType: 'file:data',
      size,
      sha256,
      hostFile: () => Promise.resolve(hostPath),
      open: () =>
        Promise.resolve({
          size,
          read: (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length)),
          close: () => Promise.resolve(),
        }),
    })
  }
  return {
    at: { kind: 'version', version: 1 },
    pondId: '01890000-0000-7000-8000-000000000000',
    pondFolder: blobs,
    cacheFolder: blobs,
    notice: () => undefined,
    dataFiles: [],
    othersFiles: {},
    hasLaterRows: false,
    async *pendingRows() {},
    async *directoryRows() {},
    computed: () => Promise.resolve({ recipes: [], lineage: [] }),
    changes: () => Promise.resolve([]),
    tables(pathOrGlob) {
      if (/[*?[{]/.test(pathOrGlob) && !tables.has(pathOrGlob)) {
        const matches = picomatch(pathOrGlob)
        return Promise.resolve([...tables.values()].filter(({ path }) => matches(path)))
      }
      const file = tables.get(pathOrGlob)
      if (file !== undefined) return Promise.resolve([file])
      return Promise.reject(new PondError('tinyfs.not-found', `${pathOrGlob} is not there`, { path: pathOrGlob }))
    },
    list(directory, { prefix, limit } = { prefix: '', limit: Infinity }) {
      const inside = directory === '/' ? '/' : `${directory}/`
      const below = [...tables.keys()]
        .filter((path) => path.startsWith(inside))
        .map((path) => path.slice(inside.length))
      if (below.length === 0 && directory !== '/') {
        return Promise.reject(new PondError('tinyfs.not-found', `${directory} is not there`, { path: directory }))
      }
      const names = new Map(below.map((path) => [path.split('/')[0]!, path.includes('/')]))
      return Promise.resolve(
        [...names]
          .filter(([name]) => name.startsWith(prefix))
          .slice(0, limit)
          .map(([name, isFolder]) => ({ name, fileType: isFolder ? 'directory' : 'file:data' })),
      )
    },
    info: () => Promise.resolve({ version: '1' }),
    // Plain files have one moment.
    moment: (text) => Promise.reject(new PondError('steward.unknown-version', `${text} does not exist`, { at: text })),
    changesUntil: () => Promise.resolve([]),
    nodeId: () => Promise.resolve(null),
    fileStates: () => Promise.resolve([]),
    ...more,
  }
}
