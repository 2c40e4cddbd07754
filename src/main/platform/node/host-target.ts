/**
 * Writes complete content to a place on this machine. A file gets it at once or not at all: the bytes go to a
 * temporary file beside it, which takes its name when they are complete. A device or a pipe is written into, and a
 * link is followed; neither is replaced by a file. docs/cli.md has a table of all cases.
 */
import { randomUUID } from 'node:crypto'
import { constants, createReadStream, open as openFile, type Stats } from 'node:fs'
import {
  access,
  chmod,
  chown,
  link,
  lstat,
  mkdtemp,
  open,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { Socket } from 'node:net'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { mustGoOn, orCancellation } from '../../../shared/cancellation'
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import { hostError, systemError } from './host-error'
import { mustBeOutsidePonds } from './host-guard'

export interface TargetOptions {
  /** Replace a file that is there; without it that is host.exists. */
  readonly replace: boolean
  /** Folders of the ponds that are open, absolute; null where a pond's own file is meant. */
  readonly ponds: readonly string[] | null
  /** A folder (absolute) for bytes on their way to what is no file. */
  readonly workFolder: () => Promise<string>
  /** The way out, in the caller's words. */
  readonly taken?: string
}

export interface HostTarget {
  /** Absolute. Write the content here: nothing is there yet. */
  readonly temp: string
  /** Hands the whole content over to its place. @throws host.exists where somebody took the name meanwhile, host.*, platform.* */
  put(signal?: AbortSignal): Promise<void>
  /** The same failure, about the target where it was about the content on its way there. */
  about(error: unknown): unknown
  /** Removes what is left of the content. Idempotent; after `put` there is nothing. */
  drop(): Promise<void>
}

export interface WriteOptions extends TargetOptions {
  readonly signal?: AbortSignal | undefined
  /** Does what must not fail a file that stands: `Pond.cleanUp`. */
  readonly cleanUp: (what: string, work: () => Promise<unknown>) => Promise<void>
}

/**
 * Puts what `write` makes at a path, whole or not at all; a failure names the path.
 * @param path absolute @param write makes the file at the path that it is given, where nothing is yet
 * @throws as `openHostTarget` and `HostTarget.put`, platform.cancelled, and whatever `write` throws
 */
export async function writeToHost<T>(
  path: string,
  { signal, cleanUp, ...options }: WriteOptions,
  write: (temp: string) => Promise<T>,
): Promise<T> {
  const target = await openHostTarget(path, options)
  try {
    const written = await write(target.temp)
    mustGoOn(signal)
    await target.put(signal)
    return written
  } catch (error) {
    throw target.about(error)
  } finally {
    await cleanUp(target.temp, () => target.drop())
  }
}

/** @param path absolute @throws host.exists, host.not-found, host.not-a-folder, host.unwritable, host.inside-pond */
export async function openHostTarget(path: string, options: TargetOptions): Promise<HostTarget> {
  try {
    const there = await ifThere(stat(path))
    if (options.ponds !== null) await mustBeOutsidePonds(options.ponds, path)
    if (there?.isDirectory() === true) throw exists(path, `expected a file to write at ${quote(path)}, found a folder`)
    if (there === undefined) return await freeTarget(path, options)
    if (there.isFIFO() || there.isCharacterDevice() || (await leadsToOpenFile(path)))
      return await streamTarget(path, options)
    if (!there.isFile()) throw unwritable(path, 'is no file, pipe or terminal')
    if (!options.replace) throw taken(path, options)
    return await replacing(path, there)
  } catch (error) {
    throw hostError(error, path, 'write')
  }
}

/** Gives a whole file its name only if that is free. @throws EEXIST and what else the system says */
export async function publishNew(temp: string, place: string): Promise<void> {
  try {
    await link(temp, place)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
    // No links on this file system: the name was free a moment ago, and the user chose the folder.
    if ((await ifThere(lstat(place))) !== undefined)
      throw Object.assign(new Error('exists'), { code: 'EEXIST', errno: -17 })
    await rename(temp, place)
  }
}

/**
 * Gives a whole file the name of one that is there: its mode stays, and its owner where the system lets us.
 * Other names of the old file (hard links) keep the old content.
 */
export async function publishOver(temp: string, place: string, before: Stats): Promise<void> {
  const mine = await stat(temp)
  // First the owner: changing it takes bits of the mode away.
  const isSame = mine.uid === before.uid && mine.gid === before.gid
  const isKept = isSame || (await succeeds(chown(temp, before.uid, before.gid)))
  if (!isKept) await succeeds(chown(temp, mine.uid, before.gid))
  // Rights that the file gives to its owner's programs are not for another owner.
  await chmod(temp, before.mode & (isKept ? 0o7777 : 0o777))
  await rename(temp, place)
}

/** Whether a file that is there may be replaced by this user. @throws host.unwritable */
export async function mustBeWritable(path: string): Promise<void> {
  try {
    await access(path, constants.W_OK)
  } catch (error) {
    throw hostError(error, path, 'write')
  }
}

async function freeTarget(path: string, options: TargetOptions): Promise<HostTarget> {
  if ((await ifThere(lstat(path))) !== undefined) {
    if (!options.replace) throw taken(path, options)
    throw new PondError('host.not-found', `${quote(path)} is a link that leads nowhere: name its target`, { path })
  }
  const folder = dirname(path)
  const above = await ifThere(stat(folder))
  if (above === undefined)
    throw new PondError('host.not-found', `expected a folder at ${quote(folder)}, found none`, { path: folder })
  if (!above.isDirectory())
    throw new PondError('host.not-a-folder', `expected a folder at ${quote(folder)}, found a file`, { path: folder })
  // A short name of its own: the place's may be as long as names can be.
  const temp = join(folder, `.${randomUUID()}.part`)
  return fileTarget(path, { temp, folder: null }, async () => {
    await publishNew(temp, path).catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(path, options) : error
    })
  })
}

async function replacing(path: string, before: Stats): Promise<HostTarget> {
  await mustBeWritable(path)
  // A link stays a link: what it points to is replaced.
  const place = await realpath(path)
  // Whoever may not read the file may not read what is about to replace it.
  const folder = await mkdtemp(join(dirname(place), '.pond-'))
  const temp = join(folder, 'part')
  return fileTarget(path, { temp, folder }, async () => {
    const now = await ifThere(lstat(place))
    if (now !== undefined && !now.isFile()) throw unwritable(path, 'is no file any more')
    await publishOver(temp, place, now ?? before)
  })
}

/** @param folder of the content on its way, beside the place; only it is made for it */
function fileTarget(
  path: string,
  { temp, folder }: { readonly temp: string; readonly folder: string | null },
  publish: (temp: string) => Promise<void>,
): HostTarget {
  return {
    temp,
    put: () =>
      written(path, async () => {
        // What replaces something must not be lost behind its name.
        await syncFile(temp)
        await publish(temp)
      }),
    about: (error) => aboutTarget(error, temp, path),
    drop: () => rm(folder ?? temp, { recursive: folder !== null, force: true }),
  }
}

async function streamTarget(path: string, { workFolder }: TargetOptions): Promise<HostTarget> {
  const temp = join(await workFolder(), `${randomUUID()}.part`)
  return {
    temp,
    put: (signal) =>
      written(path, () =>
        pour(temp, path, signal).catch((error: unknown) => {
          throw orCancellation(error, signal)
        }),
      ),
    about: (error) => aboutTarget(error, temp, path),
    drop: () => rm(temp, { force: true }),
  }
}

/** What went wrong with the file on its way went wrong with what people named. */
function aboutTarget(error: unknown, temp: string, path: string): unknown {
  const known = systemError(hostError(error, temp, 'write'))
  if (!(known instanceof PondError) || !known.message.includes(temp)) return known
  const detail = known.detail['path'] === temp ? { ...known.detail, path } : known.detail
  return new PondError(known.code, known.message.replaceAll(temp, path), detail, error)
}

const PAUSE_MS = 50
/** A number that the socket owns: a handle would close it again. */
const openNumber = promisify(
  openFile as (path: string, flags: number, done: (error: Error | null, fd: number) => void) => void,
)

/** Into a pipe or device, waiting for whoever reads the pipe. */
async function pour(temp: string, path: string, signal: AbortSignal | undefined): Promise<void> {
  const content = createReadStream(temp, { highWaterMark: 256 * 1024 })
  const isPipe = (await stat(path)).isFIFO()
  if (!isPipe) {
    const handle = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOCTTY)
    return pipeline(content, handle.createWriteStream(), { signal })
  }
  for (;;) {
    mustGoOn(signal)
    try {
      // Opening it otherwise would hold a thread until somebody reads.
      const fd = await openNumber(path, constants.O_WRONLY | constants.O_NONBLOCK)
      return await pipeline(content, new Socket({ fd, readable: false, writable: true }), { signal })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error
      await sleep(PAUSE_MS, undefined, signal === undefined ? {} : { signal })
    }
  }
}

/** `/dev/stdout`, and whatever else names a file that a process has open: it is written into, as a shell does. */
async function leadsToOpenFile(path: string): Promise<boolean> {
  let at = path
  for (let links = 0; links < 40; links++) {
    if (/^\/(dev|proc\/(self|\d+)(\/task\/\d+)?)\/fd\/\d+$/.test(at)) return true
    const next = await readlink(at).catch(() => undefined)
    if (next === undefined) return false
    at = resolve(await realpath(dirname(at)), next)
    at = join(await realpath(dirname(at)).catch(() => dirname(at)), basename(at))
  }
  return false
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function written(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    throw hostError(error, path, 'write')
  }
}

function succeeds(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}

async function ifThere(found: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await found
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

function taken(path: string, { taken: wayOut = 'choose another name' }: TargetOptions): PondError {
  return exists(path, `${quote(path)} is there already: ${wayOut}`)
}

function exists(path: string, message: string): PondError {
  return new PondError('host.exists', message, { path })
}

function unwritable(path: string, why: string): PondError {
  return new PondError('host.unwritable', `${quote(path)} ${why}: nothing was written`, { path })
}
