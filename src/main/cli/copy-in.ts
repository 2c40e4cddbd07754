/** Copies files and folders of this machine into the pond, staged in one step or not at all. */
import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { baseName, hasTrailingSlash, parentPath } from '../../shared/path'
import { Import } from '../api'
import type { Context } from './context'
import type { CopyOutcome } from './copied'
import { fileTypeOption } from './file-type'

/** @param sources absolute host paths @throws host.*, tinyfs.* */
export async function copyIn(context: Context, sources: readonly string[], destination: string): Promise<CopyOutcome> {
  const { invocation, out, signal } = context
  const typed = fileTypeOption(invocation)
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
      await bringing.addHostPaths({ ...place, ...typed, hostPaths: [source.replace(/\/$/, '')], report, signal })
    }
    const onExisting = invocation.flag('replace') ? 'replace' : 'refuse'
    const { imported, staged } = await context.staging((options) =>
      bringing.finish({ onExisting, report, ...options, signal }),
    )
    const { files, bytes, skipped } = imported
    return { files, bytes, skipped, staged }
  } finally {
    await bringing.close()
  }
}
