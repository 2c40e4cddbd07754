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
import { DerivedCache } from './ground/derived-cache'
import { News } from './news'
import { History } from './read/history'
import { Log } from './read/log'
import { Moments, type MakerAt } from './read/moments'
import { PondStore } from './state/pond-store'
import { CACHE_FOLDER } from '../../shared/pond-folder'

export interface StewardOptions {
  readonly readOnly?: boolean
  readonly lockTimeoutMs?: number
  /** Where derived files go; default `cache/` in the pond. */
  readonly cache?: CachePlace
  /** What computes entries beside stored ones. */
  readonly makerAt?: MakerAt
}

export interface Steward {
  readonly world: World
  /** The state that all the others read and change, and the lock. */
  readonly store: PondStore
  readonly history: History
  readonly log: Log
  readonly moments: Moments
  readonly changing: Changing
  readonly maintenance: Maintenance
  readonly news: News
  readonly cache: ContentCache
  readonly derived: DerivedCache
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
export async function closeSteward({ news, maintenance, changing, store, cache }: Steward): Promise<void> {
  await closeAll(
    () => news.close(),
    () => maintenance.settled(),
    () => changing.finish(),
    () => store.close(),
    () => cache.close(),
  )
}

function put(world: World, { table, file }: OpenedFolder, options: StewardOptions): Steward {
  let secret: Promise<Uint8Array> | undefined
  const store = new PondStore(world, table, file, {
    readOnly: options.readOnly ?? false,
    lockTimeoutMs: options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS,
  })
  const history = new History()
  const moments = new Moments(store, history, options.makerAt)
  const maintenance = new Maintenance(store)
  const place = options.cache ?? { storage: world.storage, folder: CACHE_FOLDER }
  const cache = new ContentCache(place, store.blobs, world)
  return {
    world,
    store,
    history,
    log: new Log(store, history),
    moments,
    changing: new Changing({ store, history, moments, committed: () => maintenance.soon() }),
    maintenance,
    news: new News(store),
    cache,
    derived: new DerivedCache(place, world, {
      secret: () => (secret ??= userSecret(world)),
      limitBytes: async () => (await store.config.read())['cache.bytes'],
      own: () => cache.own(),
    }),
  }
}

/** Where none can be kept, one for this process: what it makes, others make again. */
async function userSecret(world: World): Promise<Uint8Array> {
  try {
    const secret = await world.userSecret?.()
    if (secret !== undefined) return secret
  } catch (error) {
    world.log.warn('steward.no-secret', { reason: String(error) })
  }
  return world.random.bytes(32)
}
