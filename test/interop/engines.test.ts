/** The statements of docs/engines.md, as they stand there, run by the engines that they are for. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, type Pond } from '../../src/main/pond'
import { install, type Engine } from './install'

const ENGINES = (process.env['POND_ENGINES'] ?? 'deltalake,polars,duckdb').split(',')
const page = await readFile(join(import.meta.dirname, '../../docs/engines.md'), 'utf8')
const root = await mkdtemp(join(tmpdir(), 'duckpond-engines-'))
afterAll(() => rm(root, { recursive: true, force: true }))

/** Blocks of a language below a heading, with the pond's folder filled in. */
function blocks(heading: string, language: string): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const found = [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))]
  return found.map(([, text]) => text!.replaceAll('POND/', `${root}/pond/`))
}

/** Five versions, of which the third is asked for: moves, a deletion, a file that became large, a small table. */
async function makePond(): Promise<Pond> {
  const pond = await createPond(nodeWorld({ storage: nodeStorage(join(root, 'pond')), user: 'tester' }))
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
const pond = await makePond()
afterAll(() => pond.close())

async function filesAt(at: string): Promise<unknown[]> {
  const found: [string, ...unknown[]][] = []
  for (const { path, fileType, size, sha256 } of await pond.glob('/**', { at }))
    found.push([path, fileType, fileType.startsWith('file:') ? size : null, sha256])
  return found.sort(([a], [b]) => (a < b ? -1 : 1))
}

const largeFiles = async (): Promise<unknown[]> => {
  const [first, second] = [await pond.stat('/d/moved/er/large', '3'), await pond.stat('/d/small', '4')]
  return [first, second].map(({ path, sha256 }) => [path, `${root}/pond/large/${sha256!.slice(0, 2)}/${sha256}`])
}

function python(engine: Engine, program: string): unknown {
  const installed = install(engine)
  if ('missing' in installed) throw new Error(installed.missing)
  const { status, stdout, stderr } = spawnSync(installed.command, ['-c', program], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr.slice(-2_000))
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}

describe.skipIf(!ENGINES.includes('duckdb') || 'missing' in install('duckdb'))('DuckDB', () => {
  it('answers each statement of the page as the pond does', async () => {
    const statements = blocks('DuckDB', 'sql')
    const [files, history, large, log] = python(
      'duckdb',
      `
import duckdb, importlib.metadata, json, os, sys
extension = next(f for f in importlib.metadata.files('duckdb-extension-delta') if str(f).endswith('.duckdb_extension'))
connection = duckdb.connect(config={'allow_unsigned_extensions': 'true'})
connection.execute("LOAD '" + str(extension.locate()) + "'")
print(json.dumps([[list(row.values()) for row in connection.execute(sql).fetch_arrow_table().to_pylist()] for sql in ${JSON.stringify(statements)}], default=str))
sys.stdout.flush()
os._exit(0)
`,
    ) as unknown[][][]
    expect(files).toEqual(await filesAt('3'))
    expect(history!.map((row) => row.slice(0, 5))).toEqual([
      [2, 1, 'create', '/small', 5],
      [4, 2, 'rename', '/d/small', 5],
      [4, 3, 'update', '/d/small', 80_000],
    ])
    expect(large!.map((row) => [row[0], row[3]])).toEqual(await largeFiles())
    expect(log!.map((row) => [row[0], row[3]])).toEqual(
      ['one', 'two', 'three', 'four', 'five'].map((message, index) => [index + 1, message]),
    )
  })
})

describe.skipIf(!ENGINES.includes('pyspark') || 'missing' in install('pyspark'))('Spark', () => {
  it('answers each statement of the page as the pond does', async () => {
    const answers = python(
      'pyspark',
      `
import json
from delta import configure_spark_with_delta_pip
from pyspark.sql import SparkSession
builder = (SparkSession.builder.master('local[1]')
    .config('spark.sql.extensions', 'io.delta.sql.DeltaSparkSessionExtension')
    .config('spark.sql.catalog.spark_catalog', 'org.apache.spark.sql.delta.catalog.DeltaCatalog')
    .config('spark.ui.enabled', 'false').config('spark.ui.showConsoleProgress', 'false')
    .config('spark.databricks.delta.snapshotPartitions', '1').config('spark.sql.shuffle.partitions', '1'))
session = configure_spark_with_delta_pip(builder).getOrCreate()
session.sparkContext.setLogLevel('ERROR')
${blocks('Spark', 'python').join('\n')}
print(json.dumps([tree, [list(row) for row in history], [list(row) for row in large], [row.n for row in nested]]))
`,
    ) as unknown[][]
    expect(answers[0]).toEqual(await filesAt('3'))
    expect(answers[1]!.map((row) => (row as unknown[]).slice(0, 4))).toEqual([
      [2, 1, 'create', '/small'],
      [4, 2, 'rename', '/d/small'],
      [4, 3, 'update', '/d/small'],
    ])
    expect(answers[2]).toEqual(await largeFiles())
    expect(answers[3]).toEqual([0, 1, 2])
  })
})
