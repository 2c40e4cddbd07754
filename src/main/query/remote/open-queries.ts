/** The query layer where it belongs: in processes of its own where the world has them, else in this one. */
import type { World } from '../../platform'
import { Queries as LocalQueries, type QueriesOptions } from '../run/queries'
import { remoteQueries, type QueriesFace } from './remote-queries'

export type Queries = QueriesFace

export function openQueries(world: World, options: QueriesOptions): Queries {
  const { hostPath } = options.tempStorage ?? world.storage
  if (world.processes === undefined || hostPath === null) return new LocalQueries(world, options)
  return remoteQueries(world, options, hostPath)
}
