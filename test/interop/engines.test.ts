/**
 * The statements of docs/engines.md, as they stand there, run by the engines that they are for over two ponds at several
 * versions: each answer is compared with what the pond says.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond, type Pond } from '../../src/main/pond'
import { CHOSEN, install, whyMissing, type Engine, type PythonEngine } from './install'
import { SPARK } from './spark'
import { Trino } from './trino'
import { installTrino } from './trino-files'

const page = await readFile(join(import.meta.dirname, '../../docs/engines.md'), 'utf8')
const root = await mkdtemp(join(tmpdir(), 'duckpond-engines-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const isLeftOut = (engine: Engine): boolean => !CHOSEN.includes(engine) || whyMissing(engine) !== undefined

/** What is asked: the page asks it of POND at version 3. */
interface Question {
  readonly pond: Pond
  readonly folder: string
  readonly version: number
  /** A file whose history is asked for. */
  readonly file: string
  /** A small table with a column `n`, where there is one. */
  readonly table: string | undefined
}

/** Blocks of a language below a heading, with the question filled in. */
function blocks(heading: string, language: string, { folder, version, file, table }: Question): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const found = [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))]
  return found.map(([, text]) =>
    text!
      .replaceAll('POND/', `${folder}/`)
      .replaceAll('txn_seq <= 3', `txn_seq <= ${version}`)
      .replaceAll("'/d/small'", `'${file}'`)
      .replaceAll("'/d/table.parquet'", `'${table ?? '/none'}'`),
  )
}

/** Five versions, of which the third is asked for: moves, a deletion, a file that became large, a small table. */
async function makePond(): Promise<Pond> {
  const pond = await createPond(nodeWorld({ storage: nodeStorage(join(root, 'made')), user: 'tester' }))
  const put = async (path: string, content: Uint8Array, message: string): Promise<void> => {
    const prepared = await pond.prepare([content])
    await pond.stage((fs) => fs.put(path, prepared, { parents: true, replace: true }), { commit: { message } })
  }
  const parquet = join(root, 'table.parquet')
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(`COPY (SELECT unnest(range(3)) AS n) TO '${parquet}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  await pond.stage((fs) => fs.createSymlink('/link', '/d/small'))
  await pond.stage((fs) => fs.createDirectory('/deep'))
  await pond.stage((fs) => fs.createDirectory('/deep/er'))
  await put('/d/table.parquet', await readFile(parquet), 'one')
  await pond.stage((fs) => fs.rename('/deep', '/d/moved'))
  await put('/small', new TextEncoder().encode('small'), 'two')
  await pond.stage((fs) => fs.rename('/small', '/d/small'))
  await put('/d/moved/er/large', new Uint8Array(70_000).fill(7), 'three')
  await put('/d/small', new Uint8Array(80_000).fill(8), 'four')
  await pond.stage((fs) => fs.remove('/d/moved', { recursive: true }), { commit: { message: 'five' } })
  return pond
}

/** Made by DuckPond 0.1.0; `gc` has brought its large content to where this version has it. */
async function openOld(): Promise<Pond> {
  execFileSync('tar', ['-xzf', join(import.meta.dirname, '../fixtures/pond-0.1.0.tar.gz'), '-C', root])
  const pond = await openPond(nodeWorld({ storage: nodeStorage(join(root, 'pond')), user: 'tester' }))
  await pond.gc()
  return pond
}

const made = await makePond()
const old = await openOld()
afterAll(() => Promise.all([made.close(), old.close()]))
const QUESTIONS: readonly Question[] = [
  ...[1, 3, 5].map((version) => ({
    pond: made,
    folder: join(root, 'made'),
    version,
    file: '/d/small',
    table: '/d/table.parquet',
  })),
  ...[4, 8, (await old.info()).version].map((version) => ({
    pond: old,
    folder: join(root, 'pond'),
    version,
    file: '/counter',
    table: undefined,
  })),
]

type Row = readonly unknown[]

const byPath = (rows: readonly Row[]): Row[] => rows.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))

/** Without the views, which are settings and no rows. */
async function filesAt({ pond, version }: Question): Promise<Row[]> {
  const views = Object.keys((await pond.config()).views)
  const isOfView = (path: string): boolean => views.some((view) => `${path}/`.startsWith(`${view}/`))
  const found = (await pond.glob('/**', { at: String(version) })).filter(({ path }) => !isOfView(path))
  return byPath(
    found.map(({ path, fileType, size, sha256 }) => [
      path,
      fileType,
      fileType.startsWith('file:') ? size : null,
      sha256,
    ]),
  )
}

/** Pond version, node version and size. */
async function historyOf({ pond, file }: Question): Promise<Row[]> {
  const versions = (await pond.fileVersions(file)).filter(({ version }) => version !== null)
  return versions
    .map(({ version, nodeVersion, size }) => [version, nodeVersion, size] as const)
    .sort(([, a], [, b]) => a - b)
}

/** Its instants in milliseconds, as an engine that has no finer ones rounds them. */
async function logOf({ pond }: Question, rounded: (count: number) => number): Promise<Row[]> {
  const entries = await pond.log()
  return entries
    .map(({ version, committedAt, author, message }) => [version, rounded(committedAt / 1_000), author, message])
    .sort(([a], [b]) => Number(a) - Number(b))
}

/** Each is there, is what its name says, and is what the pond has at that path; none is left out. */
async function expectLarge({ pond, folder }: Question, rows: readonly Row[]): Promise<void> {
  for (const [path, txnSeq, file] of rows) {
    const hash = createHash('sha256')
      .update(await readFile(String(file)))
      .digest('hex')
    expect([basename(String(file)), dirname(dirname(String(file)))]).toEqual([hash, join(folder, 'large')])
    expect((await pond.stat(String(path), String(txnSeq))).sha256).toBe(hash)
  }
  const known = new Set<string | null>()
  for (let version = 1; version <= (await pond.info()).version; version++)
    for (const { size, sha256 } of await pond.glob('/**', { at: String(version) }))
      if ((size ?? 0) > 65_536) known.add(sha256)
  expect(new Set(rows.map(([, , file]) => basename(String(file))))).toEqual(known)
  expect(known.size).toBeGreaterThan(1)
}

async function tableOf({ pond, table, version }: Question): Promise<unknown[]> {
  const numbers: unknown[] = []
  if (table !== undefined)
    for await (const { n } of pond.readTable(table, { at: String(version) }).records()) numbers.push(Number(n))
  return numbers
}

const millis = (time: unknown): number => Date.parse(String(time).replace(' UTC', 'Z'))

function python(engine: PythonEngine, program: string): unknown {
  const installed = install(engine)
  if ('missing' in installed) throw new Error(installed.missing)
  const { command, env } = installed
  const { status, stdout, stderr } = spawnSync(command, ['-c', program], { cwd: root, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr.slice(-2_000))
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}

describe.skipIf(isLeftOut('duckdb'))('DuckDB', () => {
  it('answers each statement of the page as the pond does', async () => {
    const asked = QUESTIONS.map((question) => blocks('DuckDB', 'sql', question))
    const answers = python(
      'duckdb',
      `
import duckdb, importlib.metadata, json, os, sys
extension = next(f for f in importlib.metadata.files('duckdb-extension-delta') if str(f).endswith('.duckdb_extension'))
connection = duckdb.connect(config={'allow_unsigned_extensions': 'true'})
connection.execute("LOAD '" + str(extension.locate()) + "'")
answer = lambda sql: [list(row.values()) for row in connection.execute(sql).fetch_arrow_table().to_pylist()]
print(json.dumps([[answer(sql) for sql in asked] for asked in ${JSON.stringify(asked)}], default=str))
sys.stdout.flush()
os._exit(0)
`,
    ) as Row[][][]
    for (const [index, question] of QUESTIONS.entries()) {
      const [files, history, large, log] = answers[index]!
      expect(byPath(files!)).toEqual(await filesAt(question))
      expect(history!.map((row) => [row[0], row[1], row[4]])).toEqual(await historyOf(question))
      await expectLarge(
        question,
        large!.map(([path, txnSeq, , file]) => [path, txnSeq, file]),
      )
      expect(log!.map(([version, at, ...who]) => [version, millis(at), ...who])).toEqual(
        await logOf(question, Math.floor),
      )
    }
  })
})

describe.skipIf(isLeftOut('pyspark'))('Spark', () => {
  it('answers each statement of the page as the pond does', async () => {
    const programs = QUESTIONS.map((question) => blocks('Spark', 'python', question).join('\n'))
    const answers = python(
      'pyspark',
      `
import json
${SPARK}
answers = []
for program in ${JSON.stringify(programs)}:
    scope = {'session': session}
    exec(program, scope)
    rows = lambda name: [list(row) for row in scope[name]]
    versions = [[row[0], row[1].timestamp() * 1_000_000 // 1_000, *row[2:]] for row in scope['versions']]
    answers.append([rows('tree'), rows('history'), rows('large'), versions, [row.n for row in scope['nested']]])
print(json.dumps(answers))
`,
    ) as Row[][][]
    for (const [index, question] of QUESTIONS.entries()) {
      const [files, history, large, log, nested] = answers[index]!
      expect(byPath(files!)).toEqual(await filesAt(question))
      expect(history!.map((row) => [row[0], row[1], row[4]])).toEqual(await historyOf(question))
      await expectLarge(question, large!)
      expect(log).toEqual(await logOf(question, Math.floor))
      expect(nested).toEqual(await tableOf(question))
    }
  })
})

describe.skipIf(isLeftOut('trino'))('Trino', () => {
  it('answers each statement of the page as the pond does', async () => {
    const files = installTrino()
    if ('missing' in files) throw new Error(files.missing)
    const trino = await Trino.start(files)
    try {
      const names = new Map<Pond, string>()
      for (const question of QUESTIONS) {
        const { pond, folder } = question
        if (!names.has(pond)) names.set(pond, await trino.register(join(folder, 'data')))
        const ask = (sql: string) => trino.query(sql.replaceAll('delta.default.pond', names.get(pond)!))
        const statements = blocks('Trino', 'sql', question)
        expect(statements).toHaveLength(4)
        const [tree, history, large, log] = statements
        expect(byPath(await ask(tree!))).toEqual(await filesAt(question))
        expect((await ask(history!)).map((row) => [row[0], row[1], row[4]])).toEqual(await historyOf(question))
        await expectLarge(question, await ask(large!))
        const versions = await ask(log!)
        expect(versions.map(([version, at, ...who]) => [version, millis(at), ...who])).toEqual(
          await logOf(question, Math.round),
        )
      }
    } finally {
      await trino.close()
    }
  })
})
