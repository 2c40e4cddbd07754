/** `pond ls`: entries of directories, or those a pattern names; pending ones are marked. */
import { isPondError } from '../../../shared/errors'
import type { Entry } from '../../../shared/model'
import type { Pond } from '../../pond'
import type { Context, Run } from '../context'
import { visible } from '../display'
import { printEntries } from '../entry-lines'
import { isPattern } from '../patterns'

interface Section {
  /** Printed above the entries where there are several. */
  readonly title: string | null
  readonly entries: readonly Entry[]
}

export const run: Run = async (context) => {
  const { out, invocation } = context
  const at = context.at('pending')
  const pond = await context.reading()
  const sections: Section[] = []
  for (const [i, path] of (context.args.length === 0 ? ['/'] : context.args).entries()) {
    for (const section of await sectionsOf(context, pond, path, at, invocation.isLiteral(i))) sections.push(section)
  }
  await out.show(
    sections.flatMap(({ entries }) => entries),
    async () => {
      for (const [i, { title, entries }] of sections.entries()) {
        const titled = sections.length > 1 && title !== null && out.isTerminal
        if (titled) await out.line(`${i > 0 ? '\n' : ''}${visible(title)}:`)
        await printEntries(context, entries, title === null || (sections.length > 1 && !out.isTerminal))
      }
    },
  )
}

async function sectionsOf(
  context: Context,
  pond: Pond,
  path: string,
  at: string,
  literal: boolean,
): Promise<Section[]> {
  const { invocation } = context
  const all = invocation.flag('all')
  if (!literal && isPattern(path) && !(await isThere(pond, path, at))) {
    return [{ title: null, entries: await pond.glob(path, { at, all }) }]
  }
  const entry = await pond.stat(path, at)
  const target = entry.fileType === 'symlink' ? await directoryBehind(pond, path, at) : entry
  if (target?.fileType !== 'directory') return [{ title: null, entries: [entry] }]
  return directories(context, pond, { path: entry.path, at, all, recursive: invocation.flag('recursive') })
}

interface Listing {
  readonly path: string
  readonly at: string
  readonly all: boolean
  readonly recursive: boolean
}

/** In one moment, so that the way to each directory is gone once; what is still to come waits in order. */
async function directories(context: Context, pond: Pond, listing: Listing): Promise<Section[]> {
  const { at, all, recursive } = listing
  const moment = await pond.moment(at)
  const sections: Section[] = []
  const waiting = [listing.path]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    context.signal.throwIfAborted()
    const listed = await moment.list(path, true)
    const entries = listed.filter(({ name }) => all || !name.startsWith('.'))
    sections.push({ title: path, entries })
    if (!recursive) break
    for (const entry of entries.toReversed())
      if (entry.fileType === 'directory' && entry.change !== 'deleted') waiting.push(entry.path)
  }
  return sections
}

/** What a link leads to where that is there; a dangling one can still be listed itself. */
async function directoryBehind(pond: Pond, path: string, at: string): Promise<{ fileType: string } | undefined> {
  const { fs } = await pond.moment(at)
  try {
    return (await fs.find(path)).node
  } catch (error) {
    if (isPondError(error, 'tinyfs.not-found') || isPondError(error, 'tinyfs.symlink-loop')) return undefined
    throw error
  }
}

async function isThere(pond: Pond, path: string, at: string): Promise<boolean> {
  return (await pond.moment(at)).fs.exists(path, { follow: false })
}
