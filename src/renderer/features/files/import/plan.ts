/**
 * What an import is going to send: every file under the path it will have in the pond, and the
 * batches it travels in. Pure: reads nothing, asks nothing.
 */
import { importFrame } from '../../../../shared/bytes'
import { joinNames, parsePath, pathNames } from '../../../../shared/path'

/** Something that was dropped or chosen; a directory has no file. */
export interface Gathered {
  /** Relative to where it is put, `/`-separated. */
  readonly relativePath: string
  readonly file: File | null
}

export interface ImportItem {
  readonly path: string
  readonly file: File | null
  /** Of its content, where it is known before: other bytes are refused where they arrive. */
  readonly sha256?: string
}

export interface ImportPlan {
  readonly directory: string
  readonly items: readonly ImportItem[]
  readonly files: number
  readonly bytes: number
  /** Paths of files that are in the way. */
  readonly conflicts: readonly { readonly path: string; readonly size: number | null }[]
}

/** @throws tinyfs.bad-name, tinyfs.above-root for names that a pond cannot hold */
export function planImport(directory: string, gathered: readonly Gathered[]): Omit<ImportPlan, 'conflicts'> {
  const base = pathNames(parsePath(directory))
  const items = gathered.map(({ relativePath, file }): ImportItem => ({
    path: joinNames([...base, ...pathNames(parsePath(relativePath))]),
    file,
  }))
  const files = items.filter((item) => item.file !== null)
  return { directory, items, files: files.length, bytes: files.reduce((sum, item) => sum + (item.file?.size ?? 0), 0) }
}

const BATCH_BYTES = 64 * 1024 * 1024
const BATCH_FILES = 1_000

/** In order, at most 64 MiB or 1,000 items each; a larger file travels alone. */
export function batches(items: readonly ImportItem[]): ImportItem[][] {
  const all: ImportItem[][] = []
  let batch: ImportItem[] = []
  let bytes = 0
  for (const item of items) {
    const size = item.file?.size ?? 0
    if (batch.length > 0 && (bytes + size > BATCH_BYTES || batch.length >= BATCH_FILES)) {
      all.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(item)
    bytes += size
  }
  if (batch.length > 0) all.push(batch)
  return all
}

/** One body of frames and files: the browser streams the files from disk as it sends. */
export function bodyOf(batch: readonly ImportItem[]): Blob {
  return new Blob(
    batch.flatMap(({ path, file, sha256 }): BlobPart[] =>
      file === null
        ? [importFrame({ path, size: null })]
        : [importFrame({ path, size: file.size, ...(sha256 === undefined ? {} : { sha256 }) }), file],
    ),
  )
}
