/**
 * Which files of a pond are called as recipes, so that nobody walks the pond to find them: kept for every sixteenth version
 * among the derived files, and carried from there by what changed since. Where it is missing, the pond is walked once.
 * Relies on nothing that is kept but its seal: whoever asks looks at what stands at the paths.
 */
import { isPondError, type ErrorCode } from '../../../shared/errors'
import { compareUtf8 } from '../../../shared/path'
import { keyOf, SUFFIX } from '../../recipes'
import type { Moment, Steward } from '../../steward'
import { glob, ReadFileSystem } from '../../tinyfs'
import { changesOf, differences, Overlay, type View } from '../../tlogfs'
import { recipePathsAfter } from './recipe-paths'

/** Part of the key: another form is another file. */
const FORM = 1
/** Kept for versions that this divides. */
const EVERY = 16

export class RecipeIndex {
  readonly #steward: () => Steward
  /** What was asked of a version goes with its view. */
  readonly #known = new WeakMap<View, Promise<readonly string[]>>()

  constructor(steward: () => Steward) {
    this.#steward = steward
  }

  /** By their bytes. Some may be no recipes. @throws platform.cancelled */
  async paths({ backend }: Moment, signal?: AbortSignal): Promise<readonly string[]> {
    if (!(backend instanceof Overlay)) return this.#ofVersion(backend, signal)
    return this.#after(await this.#ofVersion(backend.base, signal), backend.base, backend)
  }

  #ofVersion(view: View, signal: AbortSignal | undefined): Promise<readonly string[]> {
    let known = this.#known.get(view)
    if (known === undefined) {
      this.#known.set(view, (known = this.#find(view, signal)))
      known.catch(() => this.#known.delete(view))
    }
    return known
  }

  async #find(view: View, signal: AbortSignal | undefined): Promise<readonly string[]> {
    const last = view.version - (view.version % EVERY)
    if (view.version === last) return this.#kept(view, signal)
    const kept = await this.#viewOf(last)
    return this.#after(await this.#ofVersion(kept, signal), kept, view)
  }

  async #kept(view: View, signal: AbortSignal | undefined): Promise<readonly string[]> {
    const { derived } = this.#steward()
    const make = async (): Promise<readonly string[]> => {
      const before = view.version - EVERY
      if (before < 0 || (await derived.sizeOf(await this.#key(before))) === undefined) return walked(view)
      const kept = await this.#viewOf(before)
      return this.#after(await this.#ofVersion(kept, signal), kept, view)
    }
    const encoded = async (): Promise<Uint8Array> => Buffer.from(JSON.stringify(await make()))
    const key = await this.#key(view.version)
    const made = await derived
      .file(key, async ({ write }) => write([await encoded()]), signal)
      .catch((error: unknown) => {
        // Whoever asks what is pending need not be able to keep anything: the disk may be full.
        if (isPondError(error) && isOfTheDisk(error.code)) return undefined
        throw error
      })
    if (made === undefined || made === 'too-large') return make()
    const reader = await derived.open(made)
    try {
      return JSON.parse(Buffer.from(await reader.read(0, reader.size)).toString()) as string[]
    } finally {
      await reader.close()
    }
  }

  async #after(before: readonly string[], from: View, to: View | Overlay): Promise<readonly string[]> {
    const changes = await changesOf(await differences(from, to), this.#steward().store.pace)
    return changes.length === 0 ? before : recipePathsAfter(before, changes)
  }

  async #viewOf(version: number): Promise<View> {
    const { store, moments } = this.#steward()
    return moments.view(await store.state(), version)
  }

  /** A version of another history has another. */
  async #key(version: number): Promise<string> {
    const { store, history } = this.#steward()
    const { snapshot } = await store.state()
    const transaction = version === 0 ? null : (await history.transaction(snapshot, version)).transactionId
    return keyOf({ index: FORM, pond: store.pondFile.pondId, version, transaction })
  }
}

async function walked(view: View): Promise<readonly string[]> {
  const found = await glob(new ReadFileSystem(view), `/**/*${SUFFIX}`, { all: true })
  return found.map(({ path }) => path).sort(compareUtf8)
}

/** What fails for it in reading the pond fails again without it, and is told then. */
function isOfTheDisk(code: ErrorCode): boolean {
  return code.startsWith('platform.') && code !== 'platform.cancelled' && code !== 'platform.crashed'
}
