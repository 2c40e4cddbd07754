/**
 * A long history of small commits, made through the engine, and what each of its versions holds, known
 * by arithmetic alone: so any version of any file can be checked without a record of the history.
 */
import { override } from '../../src/main/oplog/testing/storage'
import type { Storage } from '../../src/main/platform'
import type { Pond, PreparedContent } from '../../src/main/pond'

/** Prime, so that a step through the files visits each once. */
export const FILES = 1_009
const STEP = 797
const DIRECTORIES = 37
/** Changed by every so manieth version, besides another file. */
export const OFTEN = { path: '/often', every: 100 }

export interface Change {
  readonly path: string
  readonly content: string
}

/** What a version (from 1) writes. */
export function changesOf(version: number): readonly Change[] {
  const file = (version * STEP) % FILES
  const change = { path: pathOf(file), content: `file ${file} in version ${version}` }
  if (version % OFTEN.every !== 0) return [change]
  return [change, { path: OFTEN.path, content: `often, in version ${version}` }]
}

export function pathOf(file: number): string {
  return `/d${file % DIRECTORIES}/f${file}`
}

/** The content of a file at a version; undefined where it does not exist yet. */
export function contentAt(file: number, version: number): string | undefined {
  // The versions that write it are those of one remainder.
  const back = (version * STEP - file) % FILES
  const steps = (((back + FILES) % FILES) * INVERSE) % FILES
  return version - steps < 1 ? undefined : `file ${file} in version ${version - steps}`
}

const INVERSE = Array.from({ length: FILES }, (_, candidate) => candidate).find((n) => (n * STEP) % FILES === 1)!

/** Commits the versions up to `versions` that are not there yet, one after the other. */
export async function commitVersions(
  pond: Pond,
  versions: number,
  onVersion: (version: number) => void | Promise<void> = () => undefined,
): Promise<void> {
  const { version: last } = await pond.info()
  for (let version = last + 1; version <= versions; version++) {
    const prepared: { readonly path: string; readonly content: PreparedContent }[] = []
    for (const { path, content } of changesOf(version))
      prepared.push({ path, content: await pond.prepare([encode(content)]) })
    await pond.stage(
      async (fs) => {
        for (const { path, content } of prepared) await fs.put(path, content, { replace: true, parents: true })
      },
      { commit: { message: `version ${version}` } },
    )
    await onVersion(version)
  }
}

/**
 * The storage without waiting for the disk to be sure: what is written is the same, in a third of the
 * time. For making a history, never for measuring how long that takes.
 */
export function unsynced(storage: Storage): Storage {
  const nothing = async (): Promise<void> => undefined
  const lazy = async (opened: ReturnType<Storage['create']>): ReturnType<Storage['create']> => {
    const writer = await opened
    return {
      get sizeBytes() {
        return writer.sizeBytes
      },
      write: (bytes) => writer.write(bytes),
      sync: nothing,
      setModified: (ms) => writer.setModified(ms),
      close: () => writer.close(),
    }
  }
  return override(storage, {
    create: (path) => lazy(storage.create(path)),
    append: (path) => lazy(storage.append(path)),
    syncFile: nothing,
    syncFolder: nothing,
  })
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
