/**
 * A statement's rows as several Parquet files, by the value of its first column: what belongs together is computed at
 * once, and kept apart.
 */
import type { Engine } from '../engine/engine'
import type { QuerySource } from '../source'
import { Execution, type ExecutionOptions } from './execution'
import { parquetCopyOptions } from './export'

export interface SplitOptions {
  readonly targets: readonly SplitTarget[]
  readonly metadata: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

type Split = SplitOptions & Pick<ExecutionOptions, 'bound'>

export interface SplitTarget {
  /** Of the first column: rows with it go here, without that column; rows of no target go nowhere. */
  readonly value: number
  /** Absolute host path of a file that does not exist; it is written even if no row has the value. */
  readonly target: string
}

/** @throws query.* */
export async function splitRows(engine: Engine, source: QuerySource, sql: string, options: Split): Promise<void> {
  const { signal, targets, metadata, bound } = options
  const execution = await Execution.open(engine, source, sql, {
    signal,
    writable: targets.map(({ target }) => target),
    ...(bound && { bound }),
  })
  try {
    await execution.copyApart(targets, parquetCopyOptions(metadata))
  } catch (error) {
    throw execution.failure(error)
  } finally {
    execution.close()
  }
}
