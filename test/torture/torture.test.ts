/**
 * Generated files against running hosts: `pond serve` describes, queries and completes each over its real
 * socket, and a script appends it. Every case is answered or refused by a code, within a bound; the hosts live, and
 * their memory stays bounded. `POND_TORTURE` sets how many, `POND_TORTURE_SEED` where they begin: a case
 * that fails is told with its seed, and made smaller first.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { QueryState } from '../../src/shared/model'
import { soundFiles } from './bases'
import { caseOf, type Bases, type Case } from './cases'
import { appender, memoryOf, serve, type Appending, type Served } from './hosts'

const CASES = Number(process.env['POND_TORTURE'] ?? 100)
const SEED = Number(process.env['POND_TORTURE_SEED'] ?? 1)
/** Files of one import, and cases that are asked about at once. */
const BATCH = 50
const AT_ONCE = 2
/** Far more than any takes, on a machine that is busy with other things, too. */
const ANSWER_MS = 60_000
const CANCEL_MS = 5_000
const HOST_BYTES = 600e6
const CHILD_BYTES = 2_500e6

const ASKS = ['describe', 'query', 'complete', 'append', 'cancel'] as const
type Ask = (typeof ASKS)[number]

/** What may be said of a file, however it is. A code of another layer is a fault: nobody can tell what it means here. */
const ANSWERS = new Set([
  ...['table', 'text', 'image', 'binary', 'done', 'cancelled', 'suggestions', 'appended'],
  ...['query.unreadable-file', 'query.engine-crashed', 'query.out-of-memory', 'query.cancelled', 'query.not-a-table'],
  // Of a type that DuckDB can read, and cannot have in a table of the grid: hundreds of lists in each other.
  'query.failed',
  ...['tables.unreadable', 'tlogfs.not-a-series'],
])
const MOST_PROBLEMS = 20
const SHRINKING = 40

interface Problem {
  readonly tested: Case
  readonly asked: Ask
  readonly outcome: string
}

let folder: string
let bases: Bases
let host: Served
let script: Appending
const outcomes = new Map<string, number>()
const crashes: string[] = []
const slowest: Record<Ask, { ms: number; of: string }> = Object.fromEntries(
  ASKS.map((ask) => [ask, { ms: 0, of: '' }]),
) as Record<Ask, { ms: number; of: string }>
let [hostBytes, childBytes] = [0, 0]
const problems: Problem[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-torture-'))
  await mkdir(join(folder, 'cases'))
  const { createPond } = await import('../../src/main/pond')
  const { nodeStorage, nodeWorld } = await import('../../src/main/platform/node')
  for (const name of ['served', 'appended']) {
    await (await createPond(nodeWorld({ storage: nodeStorage(join(folder, name)) }))).close()
  }
  bases = await soundFiles()
  host = await serve(join(folder, 'served'), join(folder, 'config'))
  script = await appender(join(folder, 'appended'))
})
afterAll(async () => {
  await host?.close()
  await script?.close()
  await rm(folder, { recursive: true, force: true })
})

it(`answers or refuses each of ${CASES} files`, async () => {
  for (let from = 0; from < CASES && problems.length < MOST_PROBLEMS; from += BATCH) {
    const cases = Array.from({ length: Math.min(BATCH, CASES - from) }, (_, i) => caseOf(SEED + from + i, bases))
    await bring(cases)
    const waiting = [...cases]
    const appending = appendAll(cases)
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await askAll(next)
      }),
    )
    await appending
    await lives(`after the seeds ${SEED + from} to ${SEED + from + cases.length - 1}`)
    await host.connection.api.changes.discard({ paths: [] })
    if ((from / BATCH) % 10 === 9) console.info(summary(from + cases.length))
  }
  console.info(summary(CASES))
  const told: string[] = []
  // A host that is stuck cannot make it smaller.
  for (const problem of problems) told.push(problem.outcome === 'late' ? nameOf(problem) : await smallest(problem))
  expect(told).toEqual([])
  expect(slowest.cancel.ms, slowest.cancel.of).toBeLessThan(CANCEL_MS)
})

function summary(count: number): string {
  const told = [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([outcome, n]) => `  ${outcome}: ${n}`)
  const slow = ASKS.map((each) => `  slowest ${each}: ${Math.round(slowest[each].ms)} ms (${slowest[each].of})`)
  const memory = `  memory: host at most ${Math.round(hostBytes / 1e6)} MB, a process of DuckDB ${Math.round(childBytes / 1e6)} MB`
  const ended = crashes.length === 0 ? [] : [`  ended the process of DuckDB: ${crashes.slice(0, 20).join('; ')}`]
  return [`${count} files`, ...told, ...slow, memory, ...ended].join('\n')
}

async function bring(cases: readonly Case[]): Promise<void> {
  const { files } = host.connection.api
  const { importId } = await files.beginImport()
  for (const { name, bytes } of cases) await writeFile(join(folder, 'cases', name), bytes)
  const hostPaths = cases.map(({ name }) => join(folder, 'cases', name))
  await drain(await files.importHostPaths({ importId, destination: '/', hostPaths }))
  await drain(await files.finishImport({ importId, onExisting: 'replace' }))
}

async function askAll(tested: Case): Promise<void> {
  for (const asked of ASKS) {
    if (asked === 'append' || (asked === 'cancel' && tested.seed % 10 > 0)) continue
    await bounded(tested, asked, () => outcomeOf(tested, asked))
  }
  await rm(join(folder, 'cases', tested.name), { force: true })
}

/** What the host says, in a word. */
async function outcomeOf(tested: Case, asked: Ask): Promise<string> {
  const { api } = host.connection
  const path = `/${tested.name}`
  switch (asked) {
    case 'describe': {
      const { kind, problem } = await api.files.describe({ path, at: 'pending' })
      return problem === null ? kind : problem.code
    }
    case 'query':
      return query(`FROM '${path}'`, 'to its end')
    case 'complete':
      await api.queries.complete({ sql: `SELECT  FROM '${path}'`, position: 7, at: 'pending' })
      return 'suggestions'
    case 'cancel':
      return query(`SELECT count(*) FROM '${path}', range(1_000_000_000)`, 'cancelled')
    case 'append': {
      const file = join(folder, `append-${tested.name}`)
      await writeFile(file, tested.bytes)
      const code = await script.append(file, tested.name)
      await rm(file)
      return code ?? 'appended'
    }
  }
}

/** To its last row, of which a page is read, or cancelled as soon as it runs. */
async function query(sql: string, how: 'to its end' | 'cancelled'): Promise<string> {
  const { api } = host.connection
  let last: QueryState | undefined
  for await (const state of await api.queries.run({ sql, at: 'pending' })) {
    if (last === undefined && how === 'cancelled') {
      await new Promise((resolve) => setTimeout(resolve, 100))
      const from = performance.now()
      await api.queries.cancel({ queryId: state.queryId })
      last = { ...state, elapsedMs: from }
    } else last = how === 'cancelled' && last !== undefined ? { ...state, elapsedMs: last.elapsedMs } : state
  }
  if (last === undefined) throw new Error('the query said nothing')
  if (how === 'cancelled') slow('cancel', performance.now() - last.elapsedMs, sql)
  if (last.state === 'done' && how === 'to its end') {
    const page = await fetch(
      `${host.origin}/bytes/${(await api.pond.info()).pondId}/result/${last.queryId}?offset=0&limit=100`,
      {
        headers: { cookie: host.cookie },
      },
    )
    if (!page.ok) return ((await page.json()) as { code: string }).code
    await page.arrayBuffer()
  }
  await api.queries.close({ queryId: last.queryId })
  return last.error?.code ?? last.state
}

/** The script takes one after the other. */
async function appendAll(cases: readonly Case[]): Promise<void> {
  for (const tested of cases) await bounded(tested, 'append', () => outcomeOf(tested, 'append'))
}

/** Asks one question; anything but an answer or a code, in time, is a problem. */
async function bounded(tested: Case, asked: Ask, work: () => Promise<string>): Promise<void> {
  const { seed, how, bytes } = tested
  const of = `seed ${seed}: ${tested.format}, ${how}, ${bytes.length} bytes`
  const from = performance.now()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => (timer = setTimeout(resolve, ANSWER_MS, 'late')))
  const outcome = await Promise.race([work().catch(codeOf), late])
  clearTimeout(timer)
  if (asked !== 'cancel') slow(asked, performance.now() - from, of)
  outcomes.set(`${asked} ${outcome}`, (outcomes.get(`${asked} ${outcome}`) ?? 0) + 1)
  if (outcome === 'query.engine-crashed') crashes.push(`${asked} of ${of}`)
  if (ANSWERS.has(outcome)) return
  problems.push({ tested, asked, outcome })
  console.info(nameOf(problems.at(-1)!))
}

function nameOf({ tested: { seed, format, how, bytes }, asked, outcome }: Problem): string {
  return `${asked} of seed ${seed} (${format}, ${how}, ${bytes.length} bytes) ended with: ${outcome}`
}

/** The same problem with as little of the file as shows it. */
async function smallest({ tested, asked, outcome }: Problem): Promise<string> {
  let bytes = tested.bytes
  const shows = async (less: Uint8Array): Promise<boolean> => {
    const smaller = { ...tested, bytes: less }
    await bring([smaller])
    return (await outcomeOf(smaller, asked).catch(codeOf)) === outcome
  }
  for (let count = bytes.length >> 1, tries = 0; count > 0 && tries < SHRINKING; count >>= 1) {
    for (let at = 0; at + count <= bytes.length && tries < SHRINKING; tries++) {
      const less = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)])
      if (host.isAlive() && script.isAlive() && (await shows(less))) bytes = less
      else at += count
    }
  }
  const shown = bytes.length <= 400 ? `: ${Buffer.from(bytes).toString('base64')}` : ''
  return `${nameOf({ tested, asked, outcome })}, also in ${bytes.length} bytes (base64)${shown}`
}

function slow(asked: Ask, ms: number, of: string): void {
  if (ms > slowest[asked].ms) slowest[asked] = { ms, of }
}

function codeOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return code ?? `an error without a code: ${message}`
}

/** The same processes, which answer, and their memory. */
async function lives(when: string): Promise<void> {
  expect(host.isAlive() && script.isAlive(), `a host ended ${when}`).toBe(true)
  expect((await host.connection.api.host.info()).kind).toBe('web')
  for (const pid of [host.pid, script.pid]) {
    const memory = memoryOf(pid)
    if (memory === null) continue
    hostBytes = Math.max(hostBytes, memory.own)
    childBytes = Math.max(childBytes, ...memory.children)
  }
  expect(hostBytes, `memory of a host ${when}`).toBeLessThan(HOST_BYTES)
  expect(childBytes, `memory of a process of DuckDB ${when}`).toBeLessThan(CHILD_BYTES)
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}
