/**
 * What user SQL must not do. Each attack runs against a real file outside of what the statement may
 * read, and a folder that must stay as it is; passing means a coded error and no trace of the secret.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { isPondError, type PondError } from '../../shared/errors'
import { Engine } from './engine/engine'
import { openBench } from './testing/host-source'

const SECRET = 'the-secret-of-another-folder'
const bench = await openBench()
const outside = join(bench.folder, 'outside')
await mkdir(outside)
await writeFile(join(outside, 'secret.csv'), `name\n${SECRET}\n`)
const source = await bench.source({ '/own.csv': 'a\n1\n', '/own.json': '[{"a":1}]' })
const blob = await (await source.tables('/own.json'))[0]!.hostFile()
const secret = join(outside, 'secret.csv')
const written = join(outside, 'written')

const ATTACKS: readonly (readonly [what: string, sql: string])[] = [
  ['a host file as a table', `FROM '${secret}'`],
  ['a host file as a quoted name', `FROM "${secret}"`],
  ['a host file in a subquery', `SELECT (SELECT count(*) FROM '${secret}')`],
  ['a host file in a common table expression', `WITH x AS (FROM '${secret}') FROM x`],
  ['a host file in a lateral join', `FROM range(1) r, LATERAL (FROM read_csv('${secret}'))`],
  ['a relative host file', `FROM 'package.json'`],
  ['a file URL', `FROM 'file://${secret}'`],
  ['read_csv', `FROM read_csv('${secret}')`],
  ['read_csv by its full name', `FROM system.main.read_csv('${secret}')`],
  ['read_csv in other letters', `FROM "READ_CSV"('${secret}')`],
  ['read_csv of a list', `FROM read_csv(['/own.csv', '${secret}'])`],
  ['read_csv of an expression', `FROM read_csv('${outside}' || '/secret.csv')`],
  ['read_csv of an expression in a list', `FROM read_csv(['/own.csv', concat('${secret}')])`],
  ['read_csv of a variable', `FROM read_csv(getvariable('x'))`],
  ['read_csv with its path named', `FROM read_csv(path := '${secret}')`],
  ['read_csv with an escaped path', `FROM read_csv(E'${secret.replaceAll('/', '\\x2f')}')`],
  ['read_csv with a dollar-quoted path', `FROM read_csv($$${secret}$$)`],
  ['read_text', `FROM read_text('${secret}')`],
  ['read_blob of a glob', `FROM read_blob('${outside}/*')`],
  ['read_json', `FROM read_json('${secret}')`],
  ['read_parquet', `FROM read_parquet('${secret}')`],
  ['read_duckdb', `FROM read_duckdb('${secret}')`],
  ['sniff_csv', `FROM sniff_csv('${secret}')`],
  ['parquet_metadata', `FROM parquet_metadata('${secret}')`],
  ['a pond file that the statement does not name', `FROM query('SELECT * FROM read_text(''${blob}'')')`],
  ['a blob by its host path', `FROM read_text('${blob}')`],
  ['a query in a text', `FROM query('FROM read_text(''${secret}'')')`],
  ['a table named by a text', `FROM query_table('${secret}')`],
  ['a serialised query', `FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''${secret}'')'))`],
  ['a pivot over a host file', `PIVOT '${secret}' ON name USING count(*)`],
  ['a pivot over read_csv', `PIVOT (FROM read_csv('${secret}')) ON name USING count(*)`],
  ['an environment variable', `SELECT getenv('PATH')`],
  ['stored secrets', `FROM duckdb_secrets()`],
  ['a web address', `FROM 'https://example.com/x.csv'`],
  ['an attached file', `ATTACH '${secret}' AS x`],
  ['an attached new file', `ATTACH '${written}'`],
  ['a detached database', `DETACH memory`],
  ['COPY to a file', `COPY (SELECT 1) TO '${written}'`],
  ['COPY from a file', `COPY x FROM '${secret}'`],
  ['COPY behind a SELECT', `SELECT 1; COPY (SELECT 1) TO '${written}'`],
  ['COPY behind a comment', `/* ; */ COPY (SELECT 1) TO '${written}'`],
  ['COPY explained', `EXPLAIN ANALYZE COPY (SELECT 1) TO '${written}'`],
  ['COPY of a pivot', `COPY (PIVOT '/own.csv' ON a USING count(*)) TO '${written}'`],
  ['EXPORT DATABASE', `EXPORT DATABASE '${written}'`],
  ['IMPORT DATABASE', `IMPORT DATABASE '${outside}'`],
  ['INSTALL', `INSTALL httpfs`],
  ['LOAD', `LOAD '${secret}'`],
  ['UPDATE EXTENSIONS', `UPDATE EXTENSIONS`],
  ['PRAGMA', `PRAGMA database_list`],
  ['PRAGMA with a value', `PRAGMA temp_directory='${outside}'`],
  ['SET', `SET allowed_directories = ['/']`],
  ['SET of a variable', `SET VARIABLE x = '${secret}'`],
  ['RESET', `RESET lock_configuration`],
  ['USE', `USE memory`],
  ['CALL', `CALL pragma_version()`],
  ['CREATE TABLE', `CREATE TABLE x AS SELECT 1`],
  ['CREATE VIEW that stays', `CREATE VIEW x AS SELECT 1`],
  ['CREATE MACRO', `CREATE MACRO x() AS 1`],
  ['CREATE SECRET', `CREATE SECRET x (TYPE s3)`],
  ['CREATE TEMP VIEW over a host file', `CREATE TEMP VIEW x AS FROM '${secret}'; FROM x`],
  ['CREATE TYPE', `CREATE TYPE x AS ENUM ('a')`],
  ['INSERT', `INSERT INTO oplog_rows SELECT 1`],
  ['UPDATE', `UPDATE oplog_rows SET name = 'x'`],
  ['DELETE', `DELETE FROM oplog_rows`],
  ['DROP', `DROP VIEW oplog_rows`],
  ['ALTER', `ALTER TABLE oplog_rows ADD COLUMN x INT`],
  ['BEGIN', `BEGIN`],
  ['CHECKPOINT', `CHECKPOINT`],
  ['VACUUM', `VACUUM`],
  ['PREPARE', `PREPARE x AS SELECT 1`],
  ['EXECUTE', `EXECUTE x`],
  ['logging to a file', `FROM enable_logging(storage = 'file', storage_path = '${outside}')`],
  ['logging by its full name', `FROM system.main.enable_logging(storage = 'file', storage_path = '${outside}')`],
  [
    'logging in a pivot',
    `PIVOT (FROM enable_logging(storage = 'file', storage_path = '${outside}')) ON x USING count(*)`,
  ],
  ['a pivot that writes', `WITH x AS (PIVOT '/own.csv' ON a USING count(*)) INSERT INTO oplog_rows SELECT 1`],
  ['a parameter without a value', `SELECT $1`],
]

describe('user SQL', () => {
  it.each(ATTACKS)('gets nowhere with %s', async (_what, sql) => {
    const before = await readdir(outside)
    let failure: PondError | undefined
    let shown = ''
    try {
      shown = JSON.stringify(await bench.rows(source, sql))
    } catch (error) {
      if (!isPondError(error)) throw error
      failure = error
    }
    expect(`${shown}${failure?.message}${JSON.stringify(failure?.detail)}`).not.toContain(SECRET)
    expect(await readdir(outside)).toEqual(before)
    expect(failure?.code).toMatch(/^query\.(not-allowed|no-such-file|failed|syntax)$/)
  })

  it('lists the pond where it asks for files', async () => {
    expect(await bench.rows(source, `FROM glob('${outside}/*')`)).toEqual([])
    expect(await bench.rows(source, `FROM glob('/*')`)).toEqual([['/own.csv'], ['/own.json']])
  })

  it('cannot read what DuckDB spills for others', async () => {
    await expect(bench.rows(source, `FROM read_text('${bench.folder}/**/duckdb-*/*')`)).rejects.toMatchObject({
      code: 'query.no-such-file',
    })
  })

  it('does not tell where the machine keeps its files', async () => {
    for (const sql of [
      `SELECT current_setting('allowed_paths')`,
      `SELECT reverse(current_setting('temp_' || 'directory'))`,
      `FROM duckdb_settings()`,
      `FROM duckdb_extensions()`,
      `EXPLAIN SELECT current_setting('temp_directory')`,
      `PIVOT (SELECT current_setting('temp_directory') AS a) ON a USING count(*)`,
    ])
      await expect(bench.rows(source, sql), sql).rejects.toMatchObject({ code: 'query.not-allowed' })
  })

  it('leaves the next statement unharmed', async () => {
    expect(await bench.rows(source, `FROM '/own.csv'`)).toEqual([[1]])
  })

  it('may read in every way that only reads', async () => {
    const allowed = [
      `SELECT 1`,
      `VALUES (1)`,
      `FROM '/own.csv'`,
      `TABLE "/own.csv"`,
      `WITH x AS (FROM '/own.csv') FROM x`,
      `EXPLAIN FROM '/own.csv'`,
      `EXPLAIN ANALYZE FROM '/own.csv'`,
      `EXPLAIN (FORMAT json) FROM '/own.csv'`,
      `DESCRIBE '/own.csv'`,
      `DESCRIBE SELECT * FROM '/own.csv'`,
      `SUMMARIZE '/own.csv'`,
      `SHOW TABLES`,
      `SHOW ALL TABLES`,
      `PIVOT '/own.csv' ON a USING count(*)`,
      `WITH x AS (PIVOT '/own.csv' ON a USING count(*)) FROM x`,
      `UNPIVOT '/own.csv' ON a`,
      `CREATE TEMP VIEW v AS FROM '/own.csv'; CREATE OR REPLACE TEMPORARY VIEW w (b) AS FROM v; SELECT b FROM w;`,
    ]
    for (const sql of allowed) expect(await bench.rows(source, sql), sql).not.toEqual([])
  })
})

/** The second wall: what DuckDB itself refuses, should a statement ever get past the first. */
describe('a locked instance', () => {
  const files: readonly string[] = [
    `FROM read_csv('${secret}')`,
    `FROM read_text('${secret}')`,
    `FROM read_blob('${outside}/*')`,
    `FROM read_json('${secret}')`,
    `FROM read_parquet('${secret}')`,
    `FROM read_duckdb('${secret}')`,
    `FROM sniff_csv('${secret}')`,
    `FROM parquet_metadata('${secret}')`,
    `FROM glob('${outside}/*')`,
    `FROM query('FROM read_text(''${secret}'')')`,
    `FROM '${secret}'`,
    `ATTACH '${secret}' AS x`,
    `ATTACH '${written}'`,
    `COPY (SELECT 1) TO '${written}'`,
    `EXPORT DATABASE '${written}'`,
    `IMPORT DATABASE '${outside}'`,
    `INSTALL httpfs`,
    `LOAD '${secret}'`,
    `SET allowed_paths = ['${secret}']`,
    `SET allowed_directories = ['/']`,
    `SET enable_external_access = true`,
    `SET lock_configuration = false`,
    `SET temp_directory = '${outside}'`,
    `SET log_query_path = '${written}'`,
    `SET home_directory = '${outside}'`,
    `RESET lock_configuration`,
    `PRAGMA profiling_output = '${written}'`,
  ]

  it.each(files)('refuses %s', async (sql) => {
    const engine = new Engine(bench.world, { tempFolder: join(bench.folder, 'temp') })
    const sandbox = await engine.sandbox([blob])
    try {
      await expect(sandbox.connection.runAndReadAll(sql)).rejects.toThrow(
        /disabled|locked|does not exist|cannot be set|No files found/i,
      )
      expect(await readdir(outside)).toEqual(['secret.csv'])
      expect((await sandbox.connection.runAndReadAll(`FROM read_text('${blob}')`)).currentRowCount).toBe(1)
    } finally {
      sandbox.close()
      await engine.close()
    }
  })

  it('that was made beforehand can open the files of its statement and no others', async () => {
    const engine = new Engine(bench.world, { tempFolder: join(bench.folder, 'temp') })
    const other = await (await source.tables('/own.csv'))[0]!.hostFile()
    try {
      for (let turn = 0; turn < 6; turn++) {
        const [mine, theirs] = turn % 2 === 0 ? [blob, other] : [other, blob]
        const sandbox = await engine.sandbox([mine])
        expect((await sandbox.connection.runAndReadAll(`FROM read_text('${mine}')`)).currentRowCount).toBe(1)
        for (const sql of [`FROM read_text('${theirs}')`, `SET allowed_paths = ['${theirs}']`]) {
          await expect(sandbox.connection.runAndReadAll(sql)).rejects.toThrow(/disabled|locked/)
        }
        sandbox.close()
      }
    } finally {
      await engine.close()
    }
  })

  it('of a process that was killed leaves its work to be removed by the next one, which leaves alone what is in use', async () => {
    const temp = join(bench.folder, 'cache')
    const orphan = join(temp, 'work-0')
    await mkdir(join(orphan, 'duckdb-0'), { recursive: true })
    for (const name of ['lock', 'stdout.parquet', 'duckdb-0/duckdb_temp_storage_DEFAULT-0.tmp'])
      await writeFile(join(orphan, name), 'x')
    const options = { tempFolder: temp, memoryLimit: '30MB' }
    const [first, second] = [new Engine(bench.world, options), new Engine(bench.world, options)]
    const sandbox = await first.sandbox()
    await sandbox.connection.run('CREATE TABLE big AS SELECT md5(range::VARCHAR) FROM range(1_000_000)')
    const used = await readdir(temp, { recursive: true })
    expect(used).not.toContain('work-0')
    expect(used.filter((name) => name.includes('duckdb_temp'))).not.toEqual([])
    ;(await second.sandbox()).close()
    expect((await readdir(temp, { recursive: true })).filter((name) => used.includes(name))).toEqual(used)
    expect((await sandbox.connection.runAndReadAll('SELECT count(*) FROM big')).value(0, 0)).toBe(1_000_000n)
    sandbox.close()
    await first.close()
    await second.close()
    expect(await readdir(temp)).toEqual([])
  })

  it('that DuckDB gives up after an error of its own is closed, once nobody parses on it', async () => {
    const engine = new Engine(bench.world, { tempFolder: join(bench.folder, 'temp') })
    let broken: DuckDBConnection | undefined
    let end = (): void => undefined
    let other: Promise<unknown> = Promise.resolve()
    await new Promise<void>((started) => {
      other = engine.parse(async (connection) => {
        started()
        await new Promise<void>((resolve) => (end = resolve))
        return (await connection.runAndReadAll('SELECT 1')).value(0, 0)
      })
    })
    await expect(
      engine.parse((connection) => {
        broken = connection
        throw new Error('INTERNAL Error')
      }),
    ).rejects.toThrow('INTERNAL')
    await engine.parse(async (connection) => expect(connection).not.toBe(broken))
    end()
    expect(await other).toBe(1)
    await expect(broken!.run('SELECT 1')).rejects.toBeInstanceOf(Error)
    await engine.close()
  })

  it('takes its spill folder away with it', async () => {
    const engine = new Engine(bench.world, { tempFolder: join(bench.folder, 'temp'), memoryLimit: '30MB' })
    const sandbox = await engine.sandbox()
    await sandbox.connection.run('CREATE TABLE big AS SELECT md5(range::VARCHAR) FROM range(1_000_000)')
    expect(await bench.spilled()).toHaveLength(1)
    sandbox.close()
    expect(await bench.spilled()).toEqual([])
    await engine.close()
  })
})
