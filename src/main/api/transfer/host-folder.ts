/**
 * Copies entries of a pond out to a folder of this machine. A file appears there only when it is
 * whole; nothing is replaced unless asked for, and nothing is ever written through a host link.
 */
import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { lstat, mkdir, open, realpath, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { mustGoOn } from '../../../shared/cancellation'
import { isPondError, PondError } from '../../../shared/errors'
import { baseName, isWithin, parentPath, pathNames, quote, type PondPath } from '../../../shared/path'
import { hostError, mustBeOutsidePonds, mustBeWritable, publishNew, publishOver } from '../../platform/node'
import { PathSet } from '../../../shared/path-set'
import type { Moment } from '../../pond'
import type { Report } from '../connection/steps'

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
  /** Folders of the ponds that are open (absolute), into whose own files nothing may go. */
  readonly ponds: readonly string[]
  readonly report: Report
  readonly signal: AbortSignal
}

/** @throws host.*, tinyfs.not-found, tlogfs.corrupt-content */
export async function copyOut(copy: CopyOut): Promise<CopiedOut> {
  const target = await existingFolder(copy.folder)
  const outcome = { files: 0, bytes: 0, skipped: [] as { path: string; reason: string }[] }
  for (const path of copy.paths) {
    const { fs } = copy.moment
    const name = baseName((await fs.find(path, { follow: false })).path)
    const root = await fs.find(path)
    const blocked = new PathSet()
    const entries =
      root.node.fileType === 'directory' ? withRoot(root, fs.visit(root.path, { readAhead: true })) : [root]
    for await (const { path: from, node } of entries) {
      mustGoOn(copy.signal)
      if (blocked.covers(from)) continue
      const names = [name, ...pathNames(from).slice(pathNames(root.path).length)].filter((part) => part !== '')
      const place = join(target, ...names)
      if (names.length <= 1) await mustBeOutsidePonds(copy.ponds, place)
      const problem =
        hostNameProblem(names.at(-1) ?? '') ?? (await copyOne(copy, { path: from, node }, { root: root.path, place }))
      if (problem !== undefined) {
        outcome.skipped.push({ path: from === root.path ? path : from, reason: problem })
        if (node.fileType === 'directory') blocked.add(from)
      } else if (node.fileType.startsWith('file:')) {
        outcome.files++
        outcome.bytes += (await lstat(place)).size
      }
      copy.report({ done: outcome.files, total: null, unit: 'files', note: from })
    }
  }
  return outcome
}

async function* withRoot(root: Visited, below: AsyncIterable<Visited>): AsyncGenerator<Visited, void, void> {
  yield root
  yield* below
}

type Visited = { readonly path: PondPath; readonly node: { readonly fileType: string } }

/** Why it was left out; undefined when it is there. */
async function copyOne(
  copy: CopyOut,
  { path, node }: Visited,
  { root, place }: { readonly root: PondPath; readonly place: string },
): Promise<string | undefined> {
  try {
    if (node.fileType === 'directory') return await makeFolder(place)
    if (node.fileType === 'symlink') return await makeLink(copy, path, root, place)
    return await writeFile(copy, path, place)
  } catch (error) {
    throw hostError(error, place, 'write')
  }
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
  if (
    await lstat(place).then(
      () => true,
      () => false,
    )
  )
    return 'it is there already'
  await symlink(relative(parentPath(path), target.path) || '.', place)
  return undefined
}

async function writeFile(copy: CopyOut, path: PondPath, place: string): Promise<string | undefined> {
  const there = await lstat(place).catch(() => undefined)
  if (there !== undefined && (!copy.replace || there.isDirectory())) return 'it is there already'
  // Found on the way, not named by anybody: nothing is written through a link, nor into a device.
  if (there !== undefined && !there.isFile())
    return `a ${there.isSymbolicLink() ? 'link' : 'device or pipe'} is in the way`
  if (there !== undefined) await mustBeWritable(place)
  // A short name of its own: the place's may be as long as names can be.
  const temp = join(dirname(place), `.${randomUUID()}.part`)
  try {
    // Whoever may not read the file may not read what is about to replace it.
    const problem = await copyFileOut(copy, path, temp, there === undefined ? 0o666 : 0o600)
    return problem ?? (await publish(temp, place, there))
  } finally {
    await rm(temp, { force: true }).catch(() => undefined)
  }
}

/**
 * The content of a file of the pond as a new file of this machine, durable. Returns why it cannot be one file;
 * undefined when it is there.
 */
export async function copyFileOut(
  { moment, signal }: Pick<CopyOut, 'moment' | 'signal'>,
  path: string,
  temp: string,
  mode = 0o666,
): Promise<string | undefined> {
  const reader = await moment.fs.open(path).catch((error: unknown) => {
    if (isPondError(error, 'tlogfs.mixed-series')) return null
    throw error
  })
  if (reader === null) return 'its versions have different columns, so it is no single file: export it with a query'
  try {
    const file = await open(temp, 'wx', mode)
    try {
      for await (const chunk of reader.chunks()) {
        mustGoOn(signal)
        await file.writeFile(chunk)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    return undefined
  } finally {
    await reader.close()
  }
}

/** Gives a whole file its name: over the file that is there, or only if the name is free. */
async function publish(temp: string, place: string, there: Stats | undefined): Promise<string | undefined> {
  if (there !== undefined) {
    await publishOver(temp, place, there)
    return undefined
  }
  try {
    await publishNew(temp, place)
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'it is there already'
    throw error
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
    throw new PondError(
      'host.not-found',
      `expected a folder at ${quote(folder)}, found nothing`,
      { path: folder },
      error,
    )
  })
  if ((await lstat(real)).isDirectory()) return real
  throw new PondError('host.not-a-folder', `expected a folder at ${quote(folder)}, found a file`, { path: folder })
}
