/**
 * Opens files of this machine ahead of their reader, and reads the small ones. Thousands of small files then wait
 * for the disk together, not one after another.
 */
import type { HostItem } from './host-items'

/** Items that are on their way at once. */
const AHEAD = 16
/** A file of at most so many bytes is read whole. */
const SMALL_BYTES = 65_536

export interface OpenedFile {
  readonly size: number
  chunks(): AsyncIterable<Uint8Array>
  /** Idempotent. */
  close(): Promise<void>
}

type FileItem = Extract<HostItem, { kind: 'file' }>
export type OpenedItem = Exclude<HostItem, FileItem> | (Omit<FileItem, 'open'> & { readonly file: OpenedFile })

/** The same items in the same order, with their files open. Close each; those not handed on are closed here. */
export async function* openedAhead(items: AsyncIterable<HostItem>): AsyncGenerator<OpenedItem, void, void> {
  const coming: Promise<OpenedItem>[] = []
  const source = items[Symbol.asyncIterator]()
  try {
    for (let isOver = false; ;) {
      while (!isOver && coming.length < AHEAD) {
        const next = await source.next()
        isOver = next.done === true
        if (next.done === true) break
        const opening = opened(next.value)
        // Its failure is told when it is its turn.
        opening.catch(() => undefined)
        coming.push(opening)
      }
      const first = coming.shift()
      if (first === undefined) return
      yield await first
    }
  } finally {
    for (const opening of coming) {
      const item = await opening.catch(() => undefined)
      if (item?.kind === 'file') await item.file.close()
    }
    await source.return?.()
  }
}

async function opened(item: HostItem): Promise<OpenedItem> {
  if (item.kind !== 'file') return item
  const { kind, names } = item
  const file = await item.open()
  if (file.size > SMALL_BYTES) return { kind, names, file }
  try {
    const read: Uint8Array[] = []
    for await (const chunk of file.chunks()) read.push(chunk)
    return { kind, names, file: inMemory(read) }
  } finally {
    await file.close()
  }
}

function inMemory(read: readonly Uint8Array[]): OpenedFile {
  return {
    size: read.reduce((sum, { length }) => sum + length, 0),
    async *chunks() {
      yield* read
    },
    close: async () => undefined,
  }
}
