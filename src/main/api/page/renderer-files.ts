/**
 * The built page. The files are listed once, at the start, and only what is in that list is served,
 * so no path in a request can ever lead anywhere else.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { PondError } from '../../../shared/errors'

export interface RendererFile {
  readonly contentType: string
  readonly etag: string
  /** The name carries a hash of the content, so it may be kept for ever. */
  readonly immutable: boolean
  read(): Promise<Buffer<ArrayBuffer>>
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/**
 * Lists the built page, by the path it is served under; `/` is `index.html`.
 * @throws host.not-found when there is no built page in the folder
 */
export async function listRenderer(folder: string): Promise<ReadonlyMap<string, RendererFile>> {
  const files = new Map<string, RendererFile>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const contentType = CONTENT_TYPES[extname(entry.name)]
    if (!entry.isFile() || contentType === undefined) continue
    const file = join(entry.parentPath, entry.name)
    const path = file.slice(folder.length).replaceAll('\\', '/')
    const etag = `"${createHash('sha256')
      .update(await readFile(file))
      .digest('base64url')
      .slice(0, 24)}"`
    const found = { contentType, etag, immutable: path.startsWith('/assets/'), read: () => readFile(file) }
    files.set(path, found)
    if (path === '/index.html') files.set('/', found)
  }
  if (!files.has('/')) {
    throw new PondError('host.not-found', `expected the built app in ${folder}, found none: run \`npm run build\``, {
      folder,
    })
  }
  return files
}
