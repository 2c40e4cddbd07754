/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The engine from a script: `import { openPond } from 'duckpond'`, or `require`. Runs under plain Node.
 * A pond is a folder; several processes may have it open. Errors are `PondError`s whose `code` is
 * `layer.reason` (docs/library.md); what a caller can expect, a conflict say, is a value.
 */
import { resolve } from 'node:path'
import { builtProcesses, mustBeOutsidePonds, nodeStorage, nodeWorld } from '../platform/node'
import { createPond as createEngine, openPond as openEngine, type OpenOptions as EngineOptions } from '../pond'
import { optionalCount, text } from './arguments'
import { Pond } from './pond'

export interface OpenOptions {
  /** Never write outside the cache, whatever the folder would allow. Default false. */
  readonly readOnly?: boolean
  /** How long to wait for another process's lock, in milliseconds. Default 10,000. */
  readonly lockTimeoutMs?: number
  /** Who stages and commits. Default: the user of this process. */
  readonly user?: string
}

/**
 * Makes a pond in a folder of this machine, which is made if missing and must be empty.
 * @throws PondError steward.already-a-pond, steward.folder-not-empty, host.inside-pond, platform.denied
 */
export async function createPond(folder: string, options: OpenOptions = {}): Promise<Pond> {
  const { world, engineOptions } = engineWorld(folder, options)
  await mustBeOutsidePonds([], resolve(folder))
  return new Pond(await createEngine(world, engineOptions))
}

/**
 * Opens the pond in a folder of this machine. What a crash left is repaired by the first write.
 * @throws PondError steward.not-a-pond, steward.newer-format, steward.corrupt-pond, platform.denied
 */
export async function openPond(folder: string, options: OpenOptions = {}): Promise<Pond> {
  const { world, engineOptions } = engineWorld(folder, options)
  return new Pond(await openEngine(world, engineOptions))
}

function engineWorld(folder: string, { user, ...options }: OpenOptions) {
  optionalCount('lockTimeoutMs', options.lockTimeoutMs)
  const path = resolve(text('folder', folder))
  const world = nodeWorld({
    storage: nodeStorage(path),
    command: 'library',
    processes: builtProcesses(),
    ...(user === undefined ? {} : { user }),
  })
  return { world, engineOptions: options satisfies EngineOptions }
}

export { isPondError, PondError, type ErrorCode, type ErrorDetail } from '../../shared/errors'
export type * from '../../shared/model'
export type { Chunk, Content, OpenFile } from './content'
export { Files } from './files'
export type { ExportOptions, ExportResult } from './export'
export type { CreateFileOptions, CreateOptions, ReadOptions } from './options'
export { Nodes, type NodeCriteria } from './nodes'
export { Pond, type ArrowStream, type CommitOptions, type QueryOptions } from './pond'
export { Rows, type Row, type Value } from './rows'
export {
  TableRows,
  Tables,
  type AppendedSeries,
  type AppendOptions,
  type ColumnType,
  type ReadSeriesOptions,
  type ReadTableOptions,
  type RecordValue,
  type TableRecord,
  type TableSchema,
  type WriteTableOptions,
} from './tables'
