/**
 * Prepared content that waits for its import to finish. Small content comes with its bytes in memory;
 * beyond a budget they wait in a temporary file instead, so that an import of any number of small
 * files needs bounded memory.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { PondError } from '../../shared/errors'
import type { PreparedContent } from '../pond'

const MAX_BYTES_IN_MEMORY = 32 * 1024 * 1024

/** Content that is kept; give it back to `take`. */
export interface KeptContent {
  readonly content: PreparedContent
  /** Where its bytes are in the file; null where `content` has them itself, or is in a blob. */
  readonly offset: number | null
}

export class ContentSpool {
  readonly #parent: () => Promise<string>
  readonly #budgetBytes: number
  /** One for all that come at once. */
  #opening: Promise<Opened> | undefined
  #fileBytes = 0
  #memoryBytes = 0

  /** @param parent gives the folder for the temporary file, once one is needed; it is made if missing */
  constructor(parent: () => Promise<string>, budgetBytes = MAX_BYTES_IN_MEMORY) {
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
    const { file } = await this.#opened()
    for (let at = 0; at < inline.length;) {
      const { bytesWritten } = await file.write(inline, at, inline.length - at, offset + at)
      at += bytesWritten
    }
    return { content: { ...content, inline: null }, offset }
  }

  /** @throws platform.io where the file has other bytes than it was given */
  async take({ content, offset }: KeptContent): Promise<PreparedContent> {
    if (offset === null) return content
    const inline = new Uint8Array(content.size)
    const { file } = await this.#opened()
    for (let at = 0; at < inline.length;) {
      const { bytesRead } = await file.read(inline, at, inline.length - at, offset + at)
      if (bytesRead === 0) throw damaged('it ends too early')
      at += bytesRead
    }
    if (createHash('sha256').update(inline).digest('hex') !== content.sha256) throw damaged('it has other bytes')
    return { ...content, inline }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const opening = this.#opening
    this.#opening = undefined
    // One that failed to open has left nothing.
    const opened = await opening?.catch(() => undefined)
    if (opened === undefined) return
    await opened.file.close()
    await rm(opened.folder, { recursive: true, force: true })
  }

  #opened(): Promise<Opened> {
    return (this.#opening ??= this.#parent().then(openIn))
  }
}

interface Opened {
  readonly folder: string
  readonly file: FileHandle
}

async function openIn(parent: string): Promise<Opened> {
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'import-'))
  try {
    return { folder, file: await open(join(folder, 'content'), 'wx+', 0o600) }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

function damaged(why: string): PondError {
  return new PondError('platform.io', `the temporary file of an import is not what was written: ${why}`, {
    operation: 'read',
  })
}
