/**
 * Where DuckDB spills and where other files wait that only this process needs: a folder of its own in the
 * pond's cache, made with the first instance. It goes when the engine is closed; what a killed process
 * left is removed by the next one that makes its own.
 */
import { abandonedFolders, makeOwnedFolder, type OwnedFolder, type Storage, type World } from '../../platform'

export class WorkFolder {
  readonly #world: World
  readonly #storage: Storage
  readonly #temp: string
  #made: Promise<{ readonly path: string; readonly owned: OwnedFolder | null }> | undefined

  /** @param temp absolute host path of the folder to make it in */
  constructor(world: World, storage: Storage, temp: string) {
    this.#world = world
    this.#storage = storage
    this.#temp = temp
  }

  /** Absolute host path. @throws platform.* */
  async path(): Promise<string> {
    this.#made ??= this.#make().catch((error: unknown) => {
      this.#made = undefined
      throw error
    })
    return (await this.#made).path
  }

  async #make(): Promise<{ readonly path: string; readonly owned: OwnedFolder | null }> {
    const { hostPath } = this.#storage
    const isRoot = this.#temp === hostPath
    // What is outside of the storage can only be used as it is.
    if (hostPath === null || !(isRoot || this.#temp.startsWith(`${hostPath}/`)))
      return { path: this.#temp, owned: null }
    const folder = isRoot ? '' : this.#temp.slice(hostPath.length + 1)
    const place = { storage: this.#storage, folder }
    const owned = await makeOwnedFolder(this.#world, place)
    try {
      for await (const left of abandonedFolders(this.#world, place)) await left.remove()
    } catch (error) {
      // Another user's, say: it is in nobody's way.
      this.#world.log.warn('query.leftovers', { error: String(error) })
    }
    return { path: `${hostPath}/${owned.path}`, owned }
  }

  /** Nothing may be using it. Idempotent. */
  async close(): Promise<void> {
    const made = await this.#made?.catch(() => undefined)
    await made?.owned?.remove()
  }
}
