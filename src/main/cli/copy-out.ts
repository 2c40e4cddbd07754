/** Copies entries of the pond, at any moment, to this machine. */
import { lstat, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PondError } from '../../shared/errors'
import { baseName, hasTrailingSlash, quote } from '../../shared/path'
import { copyOut, mustBeOutside, type CopiedOut, type CopyOut } from '../api'
import type { Moment } from '../pond'
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
    report: (progress) => out.progress({ kind: 'progress', ...progress }),
    signal,
  }
  const target = destination.replace(/(?<=[^/])\/$/, '')
  await mustBeOutside(context.pondFolder(), target)
  const there = await stat(target).catch(() => undefined)
  const intoFolder = there?.isDirectory() === true || paths.length > 1 || hasTrailingSlash(destination)
  const copied = intoFolder ? await into(copy, target, context.pondFolder()) : await as(copy, target)
  return { ...copied, staged: null }
}

/** Each under its own name in a folder that is there. Without `--replace`, nothing is copied if anything is in the way. */
async function into(copy: Omit<CopyOut, 'folder'>, folder: string, pondFolder: string): Promise<CopiedOut> {
  for (const path of copy.paths) {
    for (const name of await namesOf(copy.moment, path)) await mustBeOutside(pondFolder, join(folder, name))
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

/** One entry under a name of the user's: made beside it, and named when it is whole. */
async function as(copy: Omit<CopyOut, 'folder'>, target: string): Promise<CopiedOut> {
  const folder = dirname(target)
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new PondError('host.not-found', `expected a folder at ${quote(folder)}, found none`, { path: folder })
  }
  if (!copy.replace) await refuse(target)
  // Its own name is short, because the user's may be as long as names can be.
  const temp = await mkdtemp(join(folder, '.pond-')).catch((error: unknown) => {
    throw new PondError('host.unreadable', `cannot write into ${quote(folder)}`, { path: folder }, error)
  })
  try {
    const [path] = copy.paths as readonly [string]
    const copied = await copyOut({ ...copy, folder: temp })
    const { path: own } = await copy.moment.fs.find(path, { follow: false })
    const [skipped] = copied.skipped
    if (copied.files === 0 && skipped?.path === own)
      throw new PondError('host.exists', `cannot copy ${quote(own)}: ${skipped.reason}`, { path: own })
    await rename(own === '/' ? temp : join(temp, baseName(own)), target)
    return copied
  } finally {
    await rm(temp, { recursive: true, force: true })
  }
}

async function refuse(place: string): Promise<void> {
  const there = await lstat(place).catch(() => undefined)
  if (there !== undefined)
    throw new PondError('host.exists', `${quote(place)} already exists: --replace replaces it`, { path: place })
}
