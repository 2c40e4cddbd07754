/**
 * Copies entries of a pond out to a folder of this machine. A file appears there only when it is
 * whole; nothing is replaced unless asked for, and nothing is ever written through a host link.
 */
import { randomUUID } from 'node:crypto'
import { link, lstat, mkdir, open, realpath, rename, rm, symlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { PondError } from '../../shared/errors'
import { baseName, isWithin, parentPath, quote, type PondPath } from '../../shared/path'
import type { Moment } from '../pond'
import type { Report } from './steps'

export interface CopiedOut {
  readonly files: number
  readonly bytes: number
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

export interface CopyOut {
  readonly moment: Moment
  /** Entries to copy, each with everything in it. */
  readonly paths: readonly string[]
  /** Absolute host path of an existing folder. */
  readonly folder: string
  readonly replace: boolean
  readonly report: Report
  readonly signal: AbortSignal
}

/** @throws host.not-found, host.not-a-folder, tinyfs.not-found, tlogfs.corrupt-content */
export async function copyOut(copy: CopyOut): Promise<CopiedOut> {
  const target = await existingFolder(copy.folder)
  const outcome = { files: 0, bytes: 0, skipped: [] as { path: string; reason: string }[] }
  for (const path of copy.paths) {
    const root = await copy.moment.fs.find(path, { follow: true })
    const name = baseName((await copy.moment.fs.find(path, { follow: false })).path)
    const blocked: PondPath[] = []
    for await (const visited of copy.moment.fs.visit(root.path)) {
      copy.signal.throwIfAborted()
      if (blocked.some((above) => isWithin(visited.path, above))) continue
      const below = visited.path.slice(root.path === '/' ? 0 : root.path.length)
      const place = join(target, ...[name, ...below.split('/')].filter((part) => part !== ''))
      const problem = hostNameProblem(visited.name) ?? (await copyOne(copy, visited, { root: root.path, place }))
      if (problem !== undefined) {
        outcome.skipped.push({ path: visited.path, reason: problem })
        if (visited.node.fileType === 'directory') blocked.push(visited.path)
      } else if (visited.node.fileType.startsWith('file:')) {
        outcome.files++
        outcome.bytes += (await lstat(place)).size
      }
      copy.report({ done: outcome.files, total: null, unit: 'files', note: visited.path })
    }
  }
  return outcome
}

type Visited = { readonly path: PondPath; readonly node: { readonly fileType: string } }

/** Why it was left out; undefined when it is there. */
async function copyOne(
  copy: CopyOut,
  { path, node }: Visited,
  { root, place }: { readonly root: PondPath; readonly place: string },
): Promise<string | undefined> {
  if (node.fileType === 'directory') return makeFolder(place)
  if (node.fileType === 'symlink') return makeLink(copy, path, root, place)
  return writeFile(copy, path, place)
}

async function makeFolder(place: string): Promise<string | undefined> {
  try {
    await mkdir(place)
    return undefined
  } catch (error) {
    const there = await lstat(place).catch(() => undefined)
    if (there?.isDirectory()) return undefined
    if (there !== undefined) return 'something that is no folder is in the way'
    throw error
  }
}

async function makeLink(copy: CopyOut, path: PondPath, root: PondPath, place: string): Promise<string | undefined> {
  const target = await copy.moment.fs.resolve(path, { follow: true }).catch(() => undefined)
  if (target === undefined || !isWithin(target.path, root)) return 'it is a link that leads out of what is copied'
  if (await lstat(place).then(() => true, () => false)) return 'it is there already'
  await symlink(relative(parentPath(path), target.path) || '.', place)
  return undefined
}

async function writeFile(copy: CopyOut, path: PondPath, place: string): Promise<string | undefined> {
  const there = await lstat(place).catch(() => undefined)
  if (there !== undefined && (!copy.replace || there.isDirectory())) return 'it is there already'
  const temp = `${place}.${randomUUID()}.part`
  const reader = await copy.moment.fs.open(path)
  try {
    const file = await open(temp, 'wx')
    try {
      for await (const chunk of reader.chunks()) {
        copy.signal.throwIfAborted()
        await file.writeFile(chunk)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    return await publish(temp, place, copy.replace)
  } finally {
    await reader.close()
    await rm(temp, { force: true })
  }
}

/** Gives a whole file its name: over what is there, or only if the name is free. */
export async function publish(temp: string, place: string, replace: boolean): Promise<string | undefined> {
  if (replace) {
    await rename(temp, place)
    return undefined
  }
  try {
    await link(temp, place)
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'it is there already'
    // No links on this file system: the name was free a moment ago, and the user chose the folder.
    if (await lstat(place).then(() => true, () => false)) return 'it is there already'
    await rename(temp, place)
    return undefined
  }
}

/** Names that mean something else to Windows, or cannot be there at all. */
function hostNameProblem(name: string): string | undefined {
  if (process.platform !== 'win32') return undefined
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name) || /[<>:"\\|?*\u0000-\u001f]|[. ]$/.test(name)
  return reserved ? 'Windows does not allow such a name' : undefined
}

async function existingFolder(folder: string): Promise<string> {
  const real = await realpath(folder).catch((error: unknown) => {
    throw new PondError('host.not-found', `expected a folder at ${quote(folder)}, found nothing`, { path: folder }, error)
  })
  if ((await lstat(real)).isDirectory()) return real
  throw new PondError('host.not-a-folder', `expected a folder at ${quote(folder)}, found a file`, { path: folder })
}
