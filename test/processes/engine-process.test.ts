/**
 * DuckDB in a process of its own: what it dies of, and what does not stop, costs no more than the statement.
 * Real processes, as they are built.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, toJson, type Pond } from '../../src/main/pond'
import type { QueryState } from '../../src/shared/model'
import { atWork, watchedProcesses, type WatchedProcesses } from './processes'

/** Its reader in DuckDB calls itself for each level, until the stack ends. */
const DEEP = `${'['.repeat(50_000)}${']'.repeat(50_000)}\n`
/** One value of one row, which DuckDB computes without looking at anything else: for hours. */
const STUCK = `SELECT levenshtein(repeat('a', 3_000_000), repeat('b', 3_000_000)) AS n`

let folder: string
let processes: WatchedProcesses
let pond: Pond

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-processes-'))
  processes = watchedProcesses()
  pond = await createPond(nodeWorld({ storage: nodeStorage(folder), processes }))
  const content = { '/deep.json': DEEP, '/fine.csv': 'id\n1\n2\n' }
  await pond.stage(async (fs) => {
    for (const [path, text] of Object.entries(content)) {
      const writer = await fs.writeFile(path)
      await writer.write(new TextEncoder().encode(text))
      await writer.close()
    }
  })
})
afterAll(async () => {
  await pond.close()
  await rm(folder, { recursive: true, force: true })
})
/** Every test begins with rows that can be read. */
beforeEach(async () => expect(await rows(`FROM '/fine.csv'`)).toEqual([[1], [2]]))

async function rows(sql: string, signal?: AbortSignal): Promise<unknown[][]> {
  const stream = await pond.queries.stream(await pond.source('pending'), sql, signal)
  const all: unknown[][] = []
  for await (const batch of stream.batches) all.push(...batch.map((row) => row.map((value) => toJson(value))))
  return all
}

async function file(path: string) {
  return (await (await pond.source('pending')).tables(path))[0]!
}

async function last(states: AsyncIterable<QueryState>): Promise<QueryState> {
  let seen: QueryState | undefined
  for await (const state of states) seen = state
  return seen!
}

const crashed = (path: string) => ({ code: 'query.engine-crashed', detail: { paths: [path] } })

describe('a file that is read by ranges', () => {
  it('is read alike in another process, however little it holds', async () => {
    const { chunks } = await pond.queries.bytes(await pond.source('pending'), 'SELECT 7 AS n', { format: 'arrow' })
    await pond.stage(async (fs) => {
      const writer = await fs.writeFile('/small.arrow')
      for await (const chunk of chunks) await writer.write(chunk)
      await writer.close()
    })
    expect(await rows(`FROM '/small.arrow'`)).toEqual([[7]])
  })
})

describe('a file that ends DuckDB', () => {
  it('fails a query by its name, and the next one has another process', async () => {
    const before = processes.started.length
    await expect(rows(`FROM read_json('/deep.json')`)).rejects.toMatchObject(crashed('/deep.json'))
    expect(await rows(`FROM '/fine.csv'`)).toEqual([[1], [2]])
    expect(processes.started.length).toBe(before + 1)
  })

  it('is refused before it reaches DuckDB where it is described, or becomes a table', async () => {
    const before = processes.started.length
    const problem = { code: 'query.unreadable-file', detail: { line: 1 } }
    expect(await pond.queries.describe(await file('/deep.json'))).toMatchObject({ problem })
    const append = pond.appendSeries('/series', [new TextEncoder().encode(DEEP)], { name: 'deep.json', format: 'json' })
    await expect(append).rejects.toMatchObject(problem)
    expect(processes.started.length).toBeLessThanOrEqual(before + 1)
  })

  it('takes the completion of a text that names it down once, and is then left out of it', async () => {
    const source = await pond.source('pending')
    let asked = 0
    // Nothing is known that ends DuckDB here, so its process really ends while it reads this content.
    const tables: typeof source.tables = async (path) =>
      (await source.tables(path)).map((found) => ({
        ...found,
        hostFile: async () => {
          asked++
          const hostPath = await found.hostFile()
          for (const pid of processes.living()) process.kill(pid, 'SIGKILL')
          return hostPath
        },
      }))
    const complete = () => pond.queries.complete({ ...source, tables }, `SELECT i FROM '/fine.csv'`, 8)
    await expect(complete()).rejects.toMatchObject(crashed('/fine.csv'))
    const before = processes.started.length
    expect(await complete()).toBeInstanceOf(Array)
    expect(await complete()).toBeInstanceOf(Array)
    expect(asked).toBe(1)
    expect(processes.started.length).toBeLessThanOrEqual(before + 1)
  })

  it('fails a run of the grid by its name, with no rows', async () => {
    const run = await pond.queries.start(await pond.source('pending'), `FROM read_json('/deep.json')`)
    expect(await last(run.states())).toMatchObject({ state: 'failed', error: crashed('/deep.json') })
    await run.close()
  })

  it('costs no result that is open, where it was only described', async () => {
    const run = await pond.queries.start(await pond.source('pending'), 'FROM range(5_000)')
    await last(run.states())
    const ofResults = processes.living()
    await pond.queries.describe(await file('/fine.csv'))
    for (const pid of processes.living()) if (!ofResults.includes(pid)) process.kill(pid, 'SIGKILL')
    expect((await run.page(0, 10)).length).toBeGreaterThan(0)
    await run.close()
  })

  it('takes the rows of results that are open beside a query of it, and their pages say so', async () => {
    const run = await pond.queries.start(await pond.source('pending'), 'FROM range(5_000)')
    await last(run.states())
    await expect(rows(`FROM read_json('/deep.json')`)).rejects.toMatchObject({ code: 'query.engine-crashed' })
    await expect(run.page(0, 10)).rejects.toMatchObject({ code: 'query.engine-crashed', detail: { queryId: run.id } })
    await run.close()
  })

  it('leaves the pond as it was, and no work folder once the next process has made its own', async () => {
    const before = await pond.status()
    await expect(rows(`FROM read_json('/deep.json')`)).rejects.toMatchObject(crashed('/deep.json'))
    expect(await pond.status()).toEqual(before)
    await rows(`FROM '/fine.csv'`)
    await pond.queries.describe(await file('/fine.csv'))
    const folders = (await readdir(join(folder, 'cache'))).filter((name) => name.startsWith('work-'))
    // This process has one, too, for the content that it hands out.
    expect(folders.length).toBeLessThanOrEqual(processes.living().length + 1)
  })
})

describe('a statement that does not stop', () => {
  it('is cancelled by ending its process', async () => {
    const abort = new AbortController()
    const warm = processes.living()
    const stuck = rows(STUCK, abort.signal)
    await atWork(warm)
    const before = processes.living()
    abort.abort()
    await expect(stuck).rejects.toMatchObject({ code: 'query.cancelled' })
    expect(await rows(`FROM '/fine.csv'`)).toEqual([[1], [2]])
    expect(before.filter((pid) => !processes.living().includes(pid))).toHaveLength(1)
  })

  it('is cancelled in the grid, too', async () => {
    const run = await pond.queries.start(await pond.source('pending'), STUCK)
    setTimeout(() => run.cancel(), 300)
    expect(await last(run.states())).toMatchObject({ state: 'cancelled' })
    await run.close()
    expect(await rows(`FROM '/fine.csv'`)).toEqual([[1], [2]])
  })

  it('costs no result that is open beside it', async () => {
    const open = await pond.queries.start(await pond.source('pending'), 'FROM range(5_000)')
    await last(open.states())
    const run = await pond.queries.start(await pond.source('pending'), STUCK)
    setTimeout(() => run.cancel(), 300)
    expect(await last(run.states())).toMatchObject({ state: 'cancelled' })
    expect((await open.page(4_000, 10)).length).toBeGreaterThan(0)
    await Promise.all([run.close(), open.close()])
    expect(await rows(`FROM '/fine.csv'`)).toEqual([[1], [2]])
  })

  it('does not keep a pond from closing', async () => {
    const own = watchedProcesses()
    const other = await mkdtemp(join(tmpdir(), 'duckpond-processes-'))
    const closing = await createPond(nodeWorld({ storage: nodeStorage(other), processes: own }))
    const stream = closing.queries.stream(await closing.source('pending'), STUCK)
    const ended = stream.catch((error: unknown) => error)
    await closing.close()
    expect(await ended).toMatchObject({ code: 'query.cancelled' })
    expect(own.living()).toEqual([])
    await rm(other, { recursive: true, force: true })
  })
})
