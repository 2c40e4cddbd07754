/**
 * What a host remembers for its user between starts: recently opened ponds, and small settings of its
 * own. Files in one folder, replaced whole; a missing or damaged one counts as empty, because nothing
 * in it is worth refusing to start for.
 */
import { randomUUID } from 'node:crypto'
import { access, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { RecentPond } from '../../../shared/contract'
import { POND_FILE } from '../../../shared/pond-folder'

const MAX_RECENT = 20

export class Config {
  readonly #folder: string
  #writing: Promise<void> = Promise.resolve()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Newest first. */
  async recent(): Promise<readonly RecentPond[]> {
    const ponds = recentPonds(await this.read('recent'))
    return Promise.all(ponds.map(async (pond) => ({ ...pond, available: await isPond(pond.path) })))
  }

  /** Puts a pond on top of the list. @param openedAt microseconds since 1970 */
  remember(path: string, openedAt: number): Promise<void> {
    return this.#change('recent', (value) => {
      const others = recentPonds(value).filter((pond) => pond.path !== path)
      return [{ path, name: basename(path) || path, openedAt }, ...others].slice(0, MAX_RECENT)
    })
  }

  forget(path: string): Promise<void> {
    return this.#change('recent', (value) => recentPonds(value).filter((pond) => pond.path !== path))
  }

  /** A setting as it was written; undefined where there is none. The caller checks its shape. */
  async read(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#file(name), 'utf8'))
    } catch {
      return undefined
    }
  }

  write(name: string, value: unknown): Promise<void> {
    return this.#change(name, () => value)
  }

  #change(name: string, change: (value: unknown) => unknown): Promise<void> {
    const next = this.#writing.then(async () => {
      const text = `${JSON.stringify(change(await this.read(name)), null, 2)}\n`
      await mkdir(this.#folder, { recursive: true })
      // A link to where somebody keeps such files stays one.
      const place = await realpath(this.#file(name)).catch(() => this.#file(name))
      const temp = `${place}.${randomUUID()}.tmp`
      try {
        await writeFile(temp, text, { mode: 0o600 })
        await rename(temp, place)
      } catch (error) {
        await rm(temp, { force: true })
        throw error
      }
    })
    this.#writing = next.catch(() => undefined)
    return next
  }

  #file(name: string): string {
    return join(this.#folder, `${name}.json`)
  }
}

/** Whether a folder says that it is a pond; opening it may still find otherwise. */
export async function isPond(folder: string): Promise<boolean> {
  return access(join(folder, POND_FILE)).then(
    () => true,
    () => false,
  )
}

function recentPonds(value: unknown): Omit<RecentPond, 'available'>[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) => {
    const { path, name, openedAt } = (item ?? {}) as Partial<Record<keyof RecentPond, unknown>>
    const whole = typeof path === 'string' && typeof name === 'string' && typeof openedAt === 'number'
    return whole ? [{ path, name, openedAt }] : []
  })
}
