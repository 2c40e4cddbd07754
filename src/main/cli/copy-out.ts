/** Copies entries of the pond, at any moment, to this machine. */
import { lstat, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PondError } from '../../shared/errors'
import { baseName, hasTrailingSlash, quote } from '../../shared/path'
import { copyFileOut, copyOut, type CopiedOut, type CopyOut } from '../api'
import { hostError, mustBeOutsidePonds, writeToHost } from '../platform/node'
import type { Moment, Pond } from '../pond'
import type { Context } from './context'
import type { CopyOutcome } from './copied'
import { namedBy } from './patterns'

/** @param destination absolute host path; a trailing slash demands a folder @throws host.*, tinyfs.* */
export async function copyOutOf(
  context: Context,
  sources: readonly string[],
  destination: string,
): Promise<CopyOutcome> {
  const { invocation, out, signal } = context
  const pond = await context.reading()
  const moment = await pond.moment(context.at('pending'))
  const paths = await namedBy(moment, sources, (i) => invocation.isLiteral(i))
  const copy: Omit<CopyOut, 'folder'> = {
    moment,
    paths,
    replace: invocation.flag('replace'),
    ponds: pond.openFolders(),
    report: (progress) => out.progress({ kind: 'progress', ...progress }),
    signal,
  }
  const target = destination.replace(/(?<=[^/])\/$/, '')
  await mustBeOutsidePonds(copy.ponds, target)
  const there = await stat(target).catch(() => undefined)
  const intoFolder = there?.isDirectory() === true || paths.length > 1 || hasTrailingSlash(destination)
  const copied = intoFolder ? await into(copy, target) : await as(pond, copy, target)
  return { ...copied, staged: null }
}

/** Each under its own name in a folder that is there. Without `--replace`, nothing is copied if anything is in the way. */
async function into(copy: Omit<CopyOut, 'folder'>, folder: string): Promise<CopiedOut> {
  for (const path of copy.paths) {
    for (const name of await namesOf(copy.moment, path)) await mustBeOutsidePonds(copy.ponds, join(folder, name))
    if (!copy.replace) await refuseTaken(copy.moment, path, folder)
  }
  return copyOut({ ...copy, folder })
}

/** What a copy puts into a folder: the entry, or for the root what is in it. */
async function namesOf({ fs }: Moment, path: string): Promise<readonly string[]> {
  const { path: own } = await fs.find(path, { follow: false })
  return own === '/' ? (await fs.list(own)).map(({ name }) => name) : [baseName(own)]
}

async function refuseTaken(moment: Moment, path: string, folder: string): Promise<void> {
  const { path: own, node } = await moment.fs.find(path, { follow: false })
  const place = join(folder, baseName(own))
  if (node.fileType !== 'directory') return refuse(place)
  for await (const visited of moment.fs.visit(own)) {
    if (visited.node.fileType === 'directory') continue
    await refuse(join(place, visited.path.slice(own === '/' ? 0 : own.length)))
  }
}

/** One entry under a name of the user's. */
async function as(pond: Pond, copy: Omit<CopyOut, 'folder'>, target: string): Promise<CopiedOut> {
  const { node } = await copy.moment.fs.find(copy.paths[0]!)
  return node.fileType === 'directory' ? folderAs(pond, copy, target) : fileAs(pond, copy, target)
}

async function fileAs(pond: Pond, copy: Omit<CopyOut, 'folder'>, target: string): Promise<CopiedOut> {
  const [path] = copy.paths as readonly [string]
  const options = {
    replace: copy.replace,
    ponds: copy.ponds,
    workFolder: () => pond.queries.workFolder(),
    cleanUp: pond.cleanUp.bind(pond),
    taken: '--replace replaces it',
    signal: copy.signal,
  }
  return writeToHost(target, options, async (temp) => {
    const problem = await copyFileOut(copy, path, temp)
    if (problem !== undefined) throw new PondError('host.exists', `cannot copy ${quote(path)}: ${problem}`, { path })
    return { files: 1, bytes: (await stat(temp)).size, skipped: [] }
  })
}

/** A directory, made beside its place and named when it is whole. */
async function folderAs(pond: Pond, copy: Omit<CopyOut, 'folder'>, target: string): Promise<CopiedOut> {
  const folder = dirname(target)
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new PondError('host.not-found', `expected a folder at ${quote(folder)}, found none`, { path: folder })
  }
  if ((await lstat(target).catch(() => undefined)) !== undefined)
    throw new PondError('host.exists', `${quote(target)} is no folder, and a folder would go there`, { path: target })
  // Its own name is short, because the user's may be as long as names can be.
  const temp = await mkdtemp(join(folder, '.pond-')).catch((error: unknown) => {
    throw hostError(error, folder, 'write')
  })
  try {
    const [path] = copy.paths as readonly [string]
    // The temporary folder is closed to others: what is in it is as open as any new folder.
    const made = join(temp, 'new')
    await mkdir(made)
    const copied = await copyOut({ ...copy, folder: made })
    const { path: own } = await copy.moment.fs.find(path, { follow: false })
    await rename(own === '/' ? made : join(made, baseName(own)), target)
    return copied
  } catch (error) {
    throw hostError(error, target, 'write')
  } finally {
    await pond.cleanUp(temp, () => rm(temp, { recursive: true, force: true }))
  }
}

async function refuse(place: string): Promise<void> {
  const there = await lstat(place).catch(() => undefined)
  if (there !== undefined)
    throw new PondError('host.exists', `${quote(place)} already exists: --replace replaces it`, { path: place })
}
