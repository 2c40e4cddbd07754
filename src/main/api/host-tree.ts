/**
 * Walks files and folders of this machine for an import: what there is, as paths relative to where
 * each walk began. Links that stay inside a walked folder become relative links; others, special
 * files and names that are not UTF-8 are skipped and named.
 */
import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'

const CHUNK_BYTES = 256 * 1024

export type HostItem =
  | { readonly kind: 'file'; readonly names: readonly string[]; readonly hostPath: string; readonly sizeBytes: number }
  | { readonly kind: 'folder'; readonly names: readonly string[] }
  | { readonly kind: 'link'; readonly names: readonly string[]; readonly target: string }
  | { readonly kind: 'skipped'; readonly hostPath: string; readonly reason: string }

/**
 * A file or folder and everything in it, each folder before what it contains. A link as the root is followed.
 * @throws host.not-found, host.unreadable for the root itself
 */
export async function* walkHost(root: string): AsyncGenerator<HostItem, void, void> {
  const start = await realpath(root).catch((error: unknown) => {
    throw new PondError(
      'host.not-found',
      `expected a file or folder at ${quote(root)}, found none`,
      { path: root },
      error,
    )
  })
  yield* walk(start, start, [basename(resolve(root)) || 'root'])
}

/** The bytes of a host file, in chunks. @throws host.unreadable */
export async function* readHostFile(path: string): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) yield chunk as Buffer
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function* walk(root: string, path: string, names: readonly string[]): AsyncGenerator<HostItem, void, void> {
  const stat = await lstat(path)
  if (stat.isFile()) yield { kind: 'file', names, hostPath: path, sizeBytes: stat.size }
  else if (stat.isSymbolicLink()) yield await linkItem(root, path, names)
  else if (stat.isDirectory()) {
    const inside = await namesIn(path).catch((error: unknown) => {
      if (path === root) throw error
      return null
    })
    if (inside === null) return yield { kind: 'skipped', hostPath: path, reason: 'it cannot be read' }
    yield { kind: 'folder', names }
    for (const name of inside) {
      const text = name.toString('utf8')
      if (Buffer.from(text, 'utf8').equals(name)) yield* walk(root, join(path, text), [...names, text])
      else yield { kind: 'skipped', hostPath: join(path, text), reason: 'its name is not UTF-8' }
    }
  } else yield { kind: 'skipped', hostPath: path, reason: 'it is neither a file nor a folder' }
}

/** A link keeps its meaning only if what it points to comes along. */
async function linkItem(root: string, path: string, names: readonly string[]): Promise<HostItem> {
  const written = await readlink(path)
  const target = resolve(dirname(path), written)
  if (target !== root && !target.startsWith(root + sep)) {
    return {
      kind: 'skipped',
      hostPath: path,
      reason: `it is a link that leads out of the folder, to ${quote(written)}`,
    }
  }
  const text = isAbsolute(written) ? relative(dirname(path), target) || '.' : written
  return { kind: 'link', names, target: text.split(sep).join('/') }
}

async function namesIn(folder: string): Promise<Buffer[]> {
  try {
    return (await readdir(folder, { encoding: 'buffer' })).sort(Buffer.compare)
  } catch (error) {
    throw unreadable(folder, error)
  }
}

function unreadable(path: string, cause: unknown): PondError {
  return new PondError('host.unreadable', `${quote(path)} cannot be read`, { path }, cause)
}
