/** Copies files and folders of this machine into the pond, staged in one step or not at all. */
import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { isPondError, PondError } from '../../shared/errors'
import { baseName, hasTrailingSlash, parentPath } from '../../shared/path'
import { Import } from '../api'
import type { Context } from './context'
import type { CopyOutcome } from './copied'
import { fileTypeOption } from './file-type'
import { usage } from './invocation'
import { noteReading, readingOptionsOf } from './reading-options'

/** @param sources absolute host paths @throws host.*, tinyfs.* */
export async function copyIn(context: Context, sources: readonly string[], destination: string): Promise<CopyOutcome> {
  const { invocation, out, signal } = context
  const typed = fileTypeOption(invocation)
  // A series is kept as Parquet, whatever it came as.
  const toParquet = invocation.flag('toParquet') || typed.fileType === 'file:series'
  if (toParquet && typed.fileType === 'file:data') throw usage('--to-parquet and --type data contradict each other')
  const reading = readingOptionsOf(invocation)
  const pond = await context.writing()
  const { fs } = await pond.moment('pending')
  // Several things can only go into a directory.
  const to = sources.length > 1 && !hasTrailingSlash(destination) ? `${destination}/` : destination
  const report = (
    progress: Parameters<typeof out.progress>[0] | Omit<Parameters<typeof out.progress>[0], 'kind'>,
  ): void => out.progress({ kind: 'progress', ...progress })
  const bringing = new Import(randomUUID(), pond)
  try {
    for (const source of sources) {
      const { path } = await fs.destination(to, basename(source))
      const place = { destination: parentPath(path), name: baseName(path) }
      await bringing.addHostPaths({
        ...place,
        ...typed,
        toParquet,
        ...(Object.keys(reading).length === 0 ? {} : { reading }),
        onRead: (path, read) => noteReading(out, path, read),
        hostPaths: [source.replace(/\/$/, '')],
        report,
        signal,
      })
    }
    const onExisting = invocation.flag('replace') ? 'replace' : 'refuse'
    const { imported, staged } = await context
      .staging((options) => bringing.finish({ onExisting, report, ...options, signal }))
      .catch((error: unknown) => {
        throw isPondError(error, 'tinyfs.exists') ? inTheWay(error) : error
      })
    const { files, bytes, skipped } = imported
    return { files, bytes, skipped, staged }
  } finally {
    await bringing.close()
  }
}

/** The way out, in the words of the command line. */
function inTheWay(error: PondError): PondError {
  const message = error.message.replace(/: replace, keep both or skip$/, ': --replace replaces it')
  return new PondError('tinyfs.exists', message, error.detail, error)
}
