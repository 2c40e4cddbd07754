/**
 * A pond to look around in: real data, a short history with a mistake and its correction, and one
 * pending change. The story is data (resources/sample/sample.json); this plays it through the pond as
 * anybody would, one commit for each version.
 */
import { createReadStream, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import story from '../../../../resources/sample/sample.json'
import { PondError } from '../../../shared/errors'
import type { Progress } from '../../../shared/model'
import type { Pond, PreparedContent, StagingFileSystem } from '../../pond'

type SampleOperation =
  | { readonly put: string; readonly file: string }
  /** Parquet, as a further part of a series. */
  | { readonly append: string; readonly file: string }
  | { readonly link: string; readonly target: string }
  | { readonly move: string; readonly to: string }
  | { readonly remove: string }

interface Story {
  readonly author: string
  readonly versions: readonly { readonly message: string; readonly operations: readonly SampleOperation[] }[]
  readonly pending: readonly SampleOperation[]
}

/** Fills an empty pond. Aborted, it leaves the versions that are whole. @throws host.not-found, steward.* */
export async function fillSample(
  pond: Pond,
  report?: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { author, versions, pending }: Story = story
  const base = { folder: filesFolder(), ...(signal === undefined ? {} : { signal }) }
  for (const [done, { message, operations }] of versions.entries()) {
    report?.({ kind: 'progress', done, total: versions.length, unit: 'files', note: message })
    await stage(pond, operations, base)
    // Parts of series are staged one by one: a version is all that is pending.
    await pond.commit({ message, author, command: 'sample' })
  }
  await stage(pond, pending, base)
}

interface StageSample {
  readonly folder: string
  readonly signal?: AbortSignal
}

async function stage(
  pond: Pond,
  operations: readonly SampleOperation[],
  { folder, ...options }: StageSample,
): Promise<void> {
  const contents = new Map<SampleOperation, PreparedContent>()
  try {
    for (const each of operations) {
      if ('append' in each) {
        const part = createReadStream(join(folder, each.file))
        await pond.appendSeries(each.append, part, {
          parents: true,
          format: 'parquet',
          ...(options.signal && { signal: options.signal }),
        })
      } else if ('put' in each) {
        contents.set(each, await pond.prepare(createReadStream(join(folder, each.file)), options.signal))
      }
    }
    await pond.stage(async (fs) => {
      for (const each of operations) await perform(fs, each, contents.get(each))
    }, options)
  } finally {
    for (const prepared of contents.values()) await pond.discardPrepared(prepared)
  }
}

async function perform(
  fs: StagingFileSystem,
  each: SampleOperation,
  content: PreparedContent | undefined,
): Promise<void> {
  if ('link' in each) await fs.createSymlink(each.link, each.target)
  else if ('move' in each) await fs.rename(each.move, each.to)
  else if ('remove' in each) await fs.remove(each.remove, { recursive: true })
  else if ('put' in each && content !== undefined) await fs.put(each.put, content, { replace: true, parents: true })
}

/** Beside the running code or above it: in the checkout, or in the packaged product. */
function filesFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const found = join(folder, 'resources', 'sample', 'files')
    if (existsSync(found)) return found
    if (dirname(folder) === folder) {
      const message = 'expected the sample data in resources/sample of the product, found none'
      throw new PondError('host.not-found', message, { folder: import.meta.dirname })
    }
  }
}
