/**
 * Collects what was dropped or chosen: files with the path they had, and directories, empty ones too.
 * The browser lets a drop be read only while its event runs, so the first step is synchronous.
 */
import type { Gathered } from './plan'

/**
 * Call inside the drop's event handler; the returned function does the reading.
 * @param isKnown whether a file need not be read here, because the host knows where it is
 */
export function grabDrop(
  transfer: DataTransfer,
  isKnown: (file: File) => boolean = () => false,
): {
  readonly files: readonly File[]
  gather(onCount: (count: number) => void, signal: AbortSignal): Promise<Gathered[]>
} {
  const items = [...transfer.items].filter((item) => item.kind === 'file')
  const files = [...transfer.files]
  const here = items.flatMap((item, i) => {
    const file = files[i]
    return file !== undefined && isKnown(file) ? [] : [{ entry: item.webkitGetAsEntry(), file }]
  })
  return {
    files,
    gather: async (onCount, signal) => {
      const gathered: Gathered[] = []
      for (const { entry, file } of here) {
        if (entry !== null) await walk(entry, gathered, onCount, signal)
        else if (file !== undefined) gathered.push({ relativePath: file.name, file })
      }
      return gathered
    },
  }
}

/** Files from an `<input type=file>`; with `webkitdirectory` they know their folder. */
export function gatherChosen(files: Iterable<File>): Gathered[] {
  return [...files].map((file) => ({ relativePath: file.webkitRelativePath || file.name, file }))
}

async function walk(
  root: FileSystemEntry,
  into: Gathered[],
  onCount: (count: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const waiting: FileSystemEntry[] = [root]
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    signal.throwIfAborted()
    const relativePath = entry.fullPath.replace(/^\/+/, '')
    if (isDirectory(entry)) {
      into.push({ relativePath, file: null })
      const reader = entry.createReader()
      // A reader gives at most a hundred at a time, and an empty list at the end.
      for (;;) {
        const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
        if (some.length === 0) break
        waiting.push(...some)
      }
    } else if (isFile(entry)) {
      const file = entry
      into.push({ relativePath, file: await new Promise<File>((resolve, reject) => file.file(resolve, reject)) })
    }
    if (into.length % 200 === 0) onCount(into.length)
  }
}

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
