/**
 * Tells by looking whether anything below a folder has changed since the last look. A folder's own
 * time tells of names that came and went; files are looked at one by one only where there are few,
 * because a folder of a hundred thousand files holds none that changes in place.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const MAX_FILES_LOOKED_AT = 64
/** A name may come within the clock tick in which its folder was listed. */
const DOUBTFUL_NS = 20_000_000n

interface KnownFolder {
  readonly modifiedNs: bigint
  readonly folders: readonly string[]
  readonly files: readonly string[]
}

export class FolderProbe {
  readonly #root: string
  readonly #unwatched: ReadonlySet<string>
  #known = new Map<string, KnownFolder>()
  #last = ''

  constructor(root: string, unwatched: readonly string[]) {
    this.#root = root
    this.#unwatched = new Set(unwatched)
  }

  /** True at the first look. What cannot be read counts as absent. */
  async hasChanged(): Promise<boolean> {
    const known = new Map<string, KnownFolder>()
    const parts: string[] = []
    await this.#look(this.#root, known, parts)
    this.#known = known
    const fingerprint = parts.join('\n')
    const changed = fingerprint !== this.#last
    this.#last = fingerprint
    return changed
  }

  async #look(folder: string, known: Map<string, KnownFolder>, parts: string[]): Promise<void> {
    if (this.#unwatched.has(folder)) return
    const found = await stat(folder, { bigint: true }).catch(() => undefined)
    if (found === undefined) return
    const before = this.#known.get(folder)
    const isSame =
      before !== undefined &&
      before.modifiedNs === found.mtimeNs &&
      found.mtimeNs + DOUBTFUL_NS < BigInt(Date.now()) * 1_000_000n
    const now = isSame ? before : await listed(folder, found.mtimeNs)
    known.set(folder, now)
    parts.push(`${folder} ${found.ino} ${found.mtimeNs} ${now.files.length}`)
    if (now.files.length <= MAX_FILES_LOOKED_AT) {
      for (const file of now.files) {
        if (this.#unwatched.has(file)) continue
        const at = await stat(file, { bigint: true }).catch(() => undefined)
        if (at !== undefined) parts.push(`${file} ${at.ino} ${at.size} ${at.mtimeNs}`)
      }
    }
    for (const inner of now.folders) await this.#look(inner, known, parts)
  }
}

async function listed(folder: string, modifiedNs: bigint): Promise<KnownFolder> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const paths = (wanted: (entry: (typeof entries)[number]) => boolean): string[] =>
    entries.filter(wanted).map(({ name }) => join(folder, name))
  return { modifiedNs, folders: paths((entry) => entry.isDirectory()), files: paths((entry) => entry.isFile()) }
}
