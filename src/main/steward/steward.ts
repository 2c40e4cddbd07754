/**
 * The parts that look after one opened pond, put together. Promises: an acknowledged commit is never lost, doubled
 * or half visible, and a pending change is durable when its call returns. The face over them is in `pond/`.
 */
import { closeAll } from '../../shared/close-all'
import type { World } from '../platform'
import { Maintenance } from './care/maintenance'
import { Changing } from './change/changing'
import { ContentCache, type CachePlace } from './ground/cache'
import { openFolder, createInFolder, type OpenedFolder } from './ground/open-folder'
import { News } from './news'
import { History } from './read/history'
import { Log } from './read/log'
import { Moments } from './read/moments'
import { Keeper } from './state/keeper'
import { CACHE_FOLDER } from './ground/layout'

export interface StewardOptions {
  readonly readOnly?: boolean
  readonly lockTimeoutMs?: number
  /** Where derived files go; default `cache/` in the pond. */
  readonly cache?: CachePlace
}

export interface Steward {
  readonly world: World
  /** The state that all the others read and change, and the lock. */
  readonly keeper: Keeper
  readonly history: History
  readonly log: Log
  readonly moments: Moments
  readonly changing: Changing
  readonly maintenance: Maintenance
  readonly news: News
  readonly cache: ContentCache
}

const DEFAULT_LOCK_TIMEOUT_MS = 10_000

/** @throws steward.already-a-pond, steward.folder-not-empty */
export async function createSteward(world: World, options: StewardOptions): Promise<Steward> {
  return put(world, await createInFolder(world), options)
}

/** @throws steward.not-a-pond, steward.newer-format, steward.corrupt-pond */
export async function openSteward(world: World, options: StewardOptions): Promise<Steward> {
  return put(world, await openFolder(world), options)
}

/** Waits for maintenance under way, and frees everything. */
export async function closeSteward({ news, maintenance, keeper, cache }: Steward): Promise<void> {
  await closeAll(
    () => news.close(),
    () => maintenance.settled(),
    () => keeper.close(),
    () => cache.close(),
  )
}

function put(world: World, { table, file }: OpenedFolder, options: StewardOptions): Steward {
  const keeper = new Keeper(world, table, file, {
    readOnly: options.readOnly ?? false,
    lockTimeoutMs: options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS,
  })
  const history = new History()
  const moments = new Moments(keeper, history)
  const maintenance = new Maintenance(keeper)
  return {
    world,
    keeper,
    history,
    log: new Log(keeper, history),
    moments,
    changing: new Changing({ keeper, history, moments, committed: () => maintenance.soon() }),
    maintenance,
    news: new News(keeper),
    cache: new ContentCache(options.cache ?? { storage: world.storage, folder: CACHE_FOLDER }, keeper.blobs, world),
  }
}
