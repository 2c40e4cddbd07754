/**
 * Prepared content that waits for its import to finish. Small content comes with its bytes in memory;
 * beyond a budget they wait in a temporary file instead, so that an import of any number of small
 * files needs bounded memory.
 */
import { mkdir, mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { PreparedContent } from '../pond'

const MAX_BYTES_IN_MEMORY = 32 * 1024 * 1024

/** Content that is kept; give it back to `take`. */
export interface KeptContent {
  readonly content: PreparedContent
  /** Where its bytes are in the file; null where `content` has them itself, or is in a blob. */
  readonly offset: number | null
}

export class ContentSpool {
  readonly #parent: string
  readonly #budgetBytes: number
  #folder: string | undefined
  #file: FileHandle | undefined
  #fileBytes = 0
  #memoryBytes = 0

  /** @param parent the folder for the temporary file; made if missing */
  constructor(parent: string, budgetBytes = MAX_BYTES_IN_MEMORY) {
    this.#parent = parent
    this.#budgetBytes = budgetBytes
  }

  async keep(content: PreparedContent): Promise<KeptContent> {
    const { inline } = content
    if (inline === null) return { content, offset: null }
    if (this.#memoryBytes + inline.length <= this.#budgetBytes) {
      this.#memoryBytes += inline.length
      return { content, offset: null }
    }
    const offset = this.#fileBytes
    this.#fileBytes += inline.length
    const file = await this.#opened()
    await file.write(inline, 0, inline.length, offset)
    return { content: { ...content, inline: null }, offset }
  }

  async take({ content, offset }: KeptContent): Promise<PreparedContent> {
    if (offset === null) return content
    const inline = new Uint8Array(content.size)
    const file = await this.#opened()
    for (let at = 0; at < inline.length;) {
      const { bytesRead } = await file.read(inline, at, inline.length - at, offset + at)
      if (bytesRead === 0) throw new Error('the temporary file of an import was cut short')
      at += bytesRead
    }
    return { ...content, inline }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true })
    this.#folder = undefined
  }

  async #opened(): Promise<FileHandle> {
    if (this.#file === undefined) {
      await mkdir(this.#parent, { recursive: true })
      this.#folder = await mkdtemp(join(this.#parent, 'import-'))
      this.#file = await open(join(this.#folder, 'content'), 'wx+', 0o600)
    }
    return this.#file
  }
}
