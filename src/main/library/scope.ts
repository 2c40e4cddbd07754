/** Where files of a script are read and changed: in a pond, each change a stage of its own, or inside one stage. */
import type { At, Entry } from '../../shared/model'
import type { Moment, Pond as Engine, PreparedContent, StagingFileSystem } from '../pond'
import { chunksOf, type Content } from './content'

/** Paths are absolute in the pond. */
export interface Reading {
  readonly fs: Moment['fs']
  entry(path: string): Promise<Entry>
  list(path: string): Promise<readonly Entry[]>
}

export interface Scope {
  /** @param at default: what is pending; inside a stage, with what the stage did so far */
  reading(at: At | undefined): Promise<Reading>
  change<T>(work: (fs: StagingFileSystem) => Promise<T>): Promise<T>
  /** As `change`, of work that says which path it is about: what is there then. */
  changeEntry(work: (fs: StagingFileSystem) => Promise<string>): Promise<Entry>
  /** Takes content in, hands it on, and gives it up if nobody has named it. */
  withPrepared<T>(content: Content, work: (prepared: PreparedContent) => Promise<T>): Promise<T>
}

/** Each change is durable and pending when it returns. */
export function pondScope(engine: Engine): Scope {
  return {
    reading: (at) => readingOf(engine, at ?? 'pending'),
    change: async (work) => (await engine.stage(work)).result,
    changeEntry: (work) => engine.stageEntry(work),
    withPrepared: (content, work) => withPrepared(engine, content, work),
  }
}

/** Changes are durable and pending when the stage ends. The pond's lock is held meanwhile: have content ready. */
export function stageScope(engine: Engine, fs: StagingFileSystem): Scope {
  const staged: Reading = {
    fs,
    entry: (path) => fs.entry(path),
    list: async (path) => {
      const entries: Entry[] = []
      for (const each of await fs.list(path)) entries.push(await fs.entry(each.path))
      return entries
    },
  }
  return {
    reading: async (at) => (at === undefined ? staged : readingOf(engine, at)),
    change: (work) => work(fs),
    changeEntry: async (work) => fs.entry(await work(fs)),
    withPrepared: (content, work) => withPrepared(engine, content, work),
  }
}

async function readingOf(engine: Engine, at: At): Promise<Reading> {
  const moment = await engine.moment(at)
  return { fs: moment.fs, entry: (path) => moment.entry(path), list: (path) => moment.list(path, false) }
}

/** Takes content in, hands it on, and gives it up if nobody has named it. */
export async function withPrepared<T>(
  engine: Engine,
  content: Content,
  work: (prepared: PreparedContent) => Promise<T>,
): Promise<T> {
  const prepared = await engine.prepare(chunksOf(content))
  try {
    return await work(prepared)
  } finally {
    await engine.discardPrepared(prepared)
  }
}
