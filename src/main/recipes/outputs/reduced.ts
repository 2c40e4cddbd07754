/**
 * A reduction made of slices of time: those whose parts changed are computed, all others are in the cache. Where rows are not
 * told apart by their times, it is computed as a whole.
 */
import type { Compute, FromFiles, Remarks } from '../factories/compute'
import type { Reduce, Reduction } from '../factories/reduce'
import { canBeSliced, foldSql, stateSql, timelessSql } from '../factories/reduce-state'
import { shortest, slicesOf, sliceWidth, type Slice } from '../factories/slices'
import { keyOf } from './key'
import { CODE_VERSIONS } from './output'

/** What the states are called where they are read; no file of a pond can be called so. */
const STATES = '/.'

interface Wanted {
  readonly spec: Pick<Reduce, 'every'>
  readonly reduction: Reduction
  readonly every: string
  readonly engineVersion: string
}

/** Undefined where it has to be computed as a whole. */
export async function fromSlices(
  wanted: Wanted,
  compute: Compute,
  signal: AbortSignal,
): Promise<FromFiles | undefined> {
  const { spec, reduction, every, engineVersion } = wanted
  const { zone, origin, input, time, values } = reduction
  if (!canBeSliced(reduction)) return undefined
  const timed = await compute.timed(input, time.name)
  if (timed === undefined) return undefined
  const width = sliceWidth(spec.every)
  const slices = slicesOf(timed.parts, { width, origin, zone })
  if (slices === undefined || slices.length === 0) return undefined
  const finest = shortest(spec.every)
  const state = (ranges: readonly Slice[]): string => stateSql(reduction, finest, { ranges, sliceWidth: width })
  const types = [time, ...values.map(({ column }) => column)].map(({ name, type }) => [name, type])
  const known = { state: CODE_VERSIONS.reduce, engineVersion, types, through: timed.through }
  const files = await compute.slices({
    signal,
    sql: (ranges) => stateSql(reduction, finest, { ranges, sliceWidth: width }),
    files: slices.map((slice) => ({
      from: slice.from,
      to: slice.to,
      value: slice.local,
      key: keyOf({ ...known, sql: state([slice]), parts: slice.parts }),
    })),
  })
  return { sql: foldSql(reduction, every, STATES), path: STATES, files, rows: timed.rows }
}

/** Rows without a time are in no bucket: how many there are stands in the file, and is told to who makes it. */
export async function remarksOf(
  path: string,
  reduction: Reduction,
  over: FromFiles | undefined,
  compute: Compute,
): Promise<Remarks> {
  const sql = timelessSql(reduction, { path: STATES, rows: over?.rows ?? null })
  const [[count] = []] = await compute.texts(sql, over)
  if (Number(count) === 0) return { metadata: {}, notices: [] }
  const notice = `${String(count)} rows of "${path}" have no ${reduction.time.name}, and are left out where they are reduced`
  return { metadata: { 'pond.rowsWithoutTime': String(count) }, notices: [notice] }
}
