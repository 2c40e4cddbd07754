/** Copies entries of the pond to another place in it: new nodes with the content of the old, from any moment. */
import { baseName, hasTrailingSlash, isWithin, type PondPath } from '../../shared/path'
import { PondError } from '../../shared/errors'
import type { Moment, Pond, StagingFileSystem } from '../pond'
import type { Context } from './context'
import type { CopyOutcome } from './copied'
import { namedBy } from './patterns'

export async function copyWithin(
  context: Context,
  sources: readonly string[],
  destination: string,
): Promise<CopyOutcome> {
  const { invocation } = context
  const pond = await context.writing()
  const moment = await pond.moment(context.at('pending'))
  const paths = await namedBy(moment, sources, (i) => invocation.isLiteral(i))
  const to = paths.length > 1 && !hasTrailingSlash(destination) ? `${destination}/` : destination
  const tally = { files: 0, bytes: 0 }
  const work = async (fs: StagingFileSystem): Promise<void> => {
    for (const path of paths) {
      const source = await moment.fs.find(path, { follow: true })
      const { path: target, node: there } = await fs.destination(to, baseName(path) || 'root')
      if (source.node.fileType === 'directory' && isWithin(target, source.path)) {
        throw new PondError('tinyfs.into-itself', `${source.path} cannot be copied into itself`, {
          from: source.path,
          to: target,
        })
      }
      if (source.node.fileType === 'directory' && there?.fileType !== 'directory') await fs.createDirectory(target)
      await copyTree(context, { pond, moment, fs, from: source.path, to: target, tally })
    }
  }
  const staged = await context.staging((options) => pond.stage(work, options))
  return { ...tally, skipped: [], staged }
}

interface Tree {
  readonly pond: Pond
  readonly moment: Moment
  readonly fs: StagingFileSystem
  readonly from: PondPath
  readonly to: PondPath
  readonly tally: { files: number; bytes: number }
}

async function copyTree(
  { invocation, out, signal }: Context,
  { pond, moment, fs, from, to, tally }: Tree,
): Promise<void> {
  const replace = invocation.flag('replace')
  for await (const { path, node } of moment.fs.visit(from, { readAhead: true })) {
    signal.throwIfAborted()
    const place = to + path.slice(from === '/' ? 0 : from.length)
    if (node.fileType === 'directory') {
      await fs.createDirectory(place, { parents: true })
    } else if (node.fileType === 'symlink') {
      await fs.createSymlink(place, await moment.fs.readLink(path))
    } else {
      const reader = await moment.fs.open(path)
      try {
        const { metadata } = await moment.fs.stat(path)
        const content = await pond.prepare(reader.chunks(), signal)
        const own = { attributes: ownIn(metadata.attributes), ...timesIn(metadata.attributes) }
        try {
          await fs.put(place, content, { replace, fileType: node.fileType, ...own })
        } finally {
          // Content that is there already, or was refused, becomes no blob.
          await pond.discardPrepared(content)
        }
        tally.files++
        tally.bytes += content.size
      } finally {
        await reader.close()
      }
    }
    out.progress({ kind: 'progress', done: tally.files, total: null, unit: 'files', note: place })
  }
}

/** A copy of a series happened when the series did, whatever its column is called. */
function timesIn({ series }: Readonly<Record<string, unknown>>): { readonly timestampColumn?: string } {
  const column = typeof series === 'object' && series !== null && 'timestampColumn' in series && series.timestampColumn
  return typeof column === 'string' ? { timestampColumn: column } : {}
}

/** Of a file's attributes, those that belong to its content rather than to its history. */
function ownIn(attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const own = ['mediaType', 'reading', 'readAs'] as const
  return Object.fromEntries(own.flatMap((name) => (attributes[name] === undefined ? [] : [[name, attributes[name]]])))
}
