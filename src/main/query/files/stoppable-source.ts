/**
 * A source that stops waiting when its statement is cancelled: `query.cancelled` comes at once. Checking or copying
 * bytes may take long, and goes on for other readers.
 */
import { cancelled, stopIf } from '../engine/failure'
import type { FileState, QuerySource, SeriesPartFile, TableFile } from '../source'

/** @throws query.cancelled from every method, as soon as the signal says so */
export function stoppableSource(source: QuerySource, signal: AbortSignal): QuerySource {
  const state = ({ file, ...rest }: FileState): FileState => ({
    ...rest,
    file: file === null ? null : stoppableFile(file, signal),
  })
  return {
    ...source,
    changes: () => unless(signal, source.changes()),
    tables: async (path) => (await unless(signal, source.tables(path))).map((file) => stoppableFile(file, signal)),
    list: (directory, which) => unless(signal, source.list(directory, which)),
    info: () => unless(signal, source.info()),
    moment: async (text) => stoppableSource(await unless(signal, source.moment(text)), signal),
    changesUntil: (to) => unless(signal, source.changesUntil(to)),
    nodeId: (path) => unless(signal, source.nodeId(path)),
    fileStates: async (path, span) => (await unless(signal, source.fileStates(path, span))).map(state),
    pendingRows: (options) => items(source.pendingRows(options), signal),
    directoryRows: () => items(source.directoryRows(), signal),
  }
}

export function stoppableFile(file: TableFile, signal: AbortSignal): TableFile {
  const { parts } = file
  return {
    ...file,
    hostFile: () => unless(signal, file.hostFile(signal)),
    open: () => unless(signal, file.open()),
    ...(parts !== undefined && {
      parts: async () => (await unless(signal, parts())).map((part) => stoppablePart(part, signal)),
    }),
  }
}

function stoppablePart(part: SeriesPartFile, signal: AbortSignal): SeriesPartFile {
  return {
    ...part,
    hostFile: () => unless(signal, part.hostFile()),
    open: () => unless(signal, part.open()),
  }
}

async function* items<T>(all: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const item of all) {
    stopIf(signal)
    yield item
  }
}

/** What the promise says, unless the signal says otherwise first. */
async function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined)
    throw cancelled()
  }
  const waiting = waitingFor(signal)
  let stop: () => void
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(cancelled())
    waiting.add(stop)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    waiting.delete(stop!)
  }
}

/** Those who wait for each signal. A signal has one listener for all of them: a series may have a thousand parts. */
const WAITING = new WeakMap<AbortSignal, Set<() => void>>()

function waitingFor(signal: AbortSignal): Set<() => void> {
  const known = WAITING.get(signal)
  if (known !== undefined) return known
  const waiting = new Set<() => void>()
  WAITING.set(signal, waiting)
  signal.addEventListener('abort', () => waiting.forEach((stop) => stop()), { once: true })
  return waiting
}
