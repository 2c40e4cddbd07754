import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Change, Entry, LogEntry, OperationRecord } from '../../src/shared/model'
import { ClosedPipe } from '../../src/main/cli/io'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init'])
})
afterEach(() => terminal[Symbol.dispose]())

const run = (...argv: string[]) => terminal.pond(argv)
const json = <T = Record<string, unknown>>(...argv: string[]) => terminal.json<T>(argv)
const write = (path: string, content: string | Uint8Array, ...more: string[]) =>
  terminal.json(['write', path, ...more], { stdin: content })
const names = async (...argv: string[]) => (await json<Entry[]>('ls', ...argv)).map(({ path }) => path)

describe('the founding scenario', () => {
  it('counts two operations while pending, commits two, and counts two afterwards', async () => {
    const count = async (...flags: string[]) =>
      json<{ n: number }[]>('query', 'SELECT count(*)::INT AS n FROM oplog_entries', ...flags)
    await json('touch', '/A')
    await json('ln', '-s', '/A', '/B')
    expect(await count('--include-pending')).toEqual([{ n: 2 }])
    expect(await count()).toEqual([{ n: 0 }])
    expect(await json('commit', '-m', 'both')).toMatchObject({
      outcome: 'committed',
      version: 1,
      operationsCommitted: 2,
    })
    expect(await count()).toEqual([{ n: 2 }])
  })
})

describe('a pond', () => {
  it('is made in a folder of its own, once', async () => {
    expect(await json('init', 'new')).toMatchObject({ path: terminal.path('new'), version: 0 })
    expect((await run('init', 'new')).stderr).toMatch(/^pond: steward.already-a-pond: [^\n]*\n$/)
    mkdirSync(terminal.path('full'))
    writeFileSync(terminal.path('full', 'mine'), '')
    expect((await run('init', 'full')).stderr).toContain('steward.folder-not-empty')
  })

  it('is named with --pond or $POND, or is the nearest one above', async () => {
    await json('init', 'other')
    await write('/here', 'x', '--pond', 'other')
    mkdirSync(terminal.path('other', 'deep', 'down'), { recursive: true })
    const deep = { cwd: terminal.path('other', 'deep', 'down') }
    expect((await terminal.json<Entry[]>(['ls'], deep)).map(({ path }) => path)).toEqual(['/here'])
    const named = { env: { POND: terminal.path('other') } }
    expect((await terminal.json<Entry[]>(['ls'], named)).map(({ path }) => path)).toEqual(['/here'])
    expect(await names()).toEqual([])
  })
})

describe('entries', () => {
  it('are made, moved, linked and removed, and say what was staged', async () => {
    expect(await json('mkdir', '-p', '/a/b')).toMatchObject({ staged: 2 })
    expect(await json('mkdir', '-p', '/a/b')).toMatchObject({ staged: 0, operations: [] })
    await write('/a/one.txt', 'one')
    expect(await json('mv', '/a/one.txt', '/a/b')).toMatchObject({
      operations: [{ operation: 'rename', path: '/a/b/one.txt', oldPath: '/a/one.txt' }],
    })
    await json('ln', '-s', 'b/one.txt', '/a/link')
    expect((await run('cat', '/a/link')).stdout).toBe('one')
    expect(await names('-R')).toEqual(['/a', '/a/b', '/a/link', '/a/b/one.txt'])
    expect(await names('/**/*.txt')).toEqual(['/a/b/one.txt'])
    expect((await run('rm', '/a')).status).toBe(1)
    expect(await json('rm', '-r', '/a')).toMatchObject({ staged: 4 })
    expect(await names()).toEqual([])
  })

  it('that begin with a dot are listed on request', async () => {
    await json('touch', '/.hidden', '/seen')
    expect(await names()).toEqual(['/seen'])
    expect(await names('-a')).toEqual(['/.hidden', '/seen'])
  })

  it('with odd names are taken literally after --, and shown safely', async () => {
    await json('touch', '--', '-rf', '*', 'two\nlines')
    await json('touch', '/plain')
    expect(await names('--', '*')).toEqual(['/*'])
    expect((await run('ls')).stdout.trimEnd().split('\n')).toEqual(['*', '-rf', 'plain', '"two\\nlines"'])
    await json('rm', '--', '-rf', '*')
    expect(await names()).toEqual(['/plain', '/two\nlines'])
  })

  it('are removed by pattern, directories with what is in them', async () => {
    await json('mkdir', '-p', '/d/e')
    await json('touch', '/d/a.csv', '/d/b.csv', '/d/e/c.csv', '/d/keep', '/x.csv')
    expect(await json('rm', '/d/*.csv')).toMatchObject({ staged: 2 })
    expect((await run('rm', '/d/*.csv')).stderr).toContain('tinyfs.not-found')
    expect(await json('rm', '-f', '/d/*.csv')).toMatchObject({ staged: 0 })
    expect(await json('rm', '-r', '/d/**', '/x.csv')).toMatchObject({ staged: 4 })
    expect(await names()).toEqual(['/d'])
  })

  it('are all staged or none', async () => {
    expect((await run('mkdir', '/new', '/missing/x')).status).toBe(1)
    expect((await run('rm', '/nothing')).stderr).toContain('tinyfs.not-found')
    expect(await json('rm', '-f', '/nothing')).toMatchObject({ staged: 0 })
    expect(await json('status')).toMatchObject({ pendingOperations: 0 })
  })

  it('are committed at once with -m', async () => {
    expect(await write('/a', 'x', '-m', 'Add a', '--author', 'Ada')).toMatchObject({
      path: '/a',
      size: 1,
      staged: 1,
      commit: { outcome: 'committed', version: 1 },
    })
    expect(await json<LogEntry[]>('log')).toMatchObject([{ version: 1, author: 'Ada', message: 'Add a' }])
  })
})

describe('what is pending', () => {
  beforeEach(async () => {
    await write('/kept', '1')
    await write('/changed', '1')
    await write('/gone', '1')
    await json('commit', 'start')
    await json('touch', '/later', '-m', 'second')
    await write('/changed', '22')
    await json('rm', '/gone')
    await json('touch', '/new')
  })

  it('shows in status, diff and ls, with a mark', async () => {
    const changes = [
      { path: '/changed', change: 'modified', sizeBefore: 1, sizeAfter: 2 },
      { path: '/gone', change: 'deleted' },
      { path: '/new', change: 'added' },
    ]
    expect(await json('status')).toMatchObject({ version: 2, pendingOperations: 3, changes })
    expect(await json<Change[]>('diff')).toMatchObject(changes)
    expect(await json<Change[]>('diff', '/new')).toMatchObject([changes[2]])
    const listed = (await terminal.pond(['ls'], { isTerminal: true, env: { NO_COLOR: '1' } })).stdout
    expect(listed.split('\n')).toEqual(['~ changed', '- gone', '  kept', '  later', '+ new', ''])
    expect((await run('ls')).stdout).toBe('changed\nkept\nlater\nnew\n')
  })

  it('is read by default, and is not what head is', async () => {
    expect((await run('cat', '/changed')).stdout).toBe('22')
    expect((await run('cat', '/changed', '--at', 'head')).stdout).toBe('1')
    expect(await names('--at', 'head')).toEqual(['/changed', '/gone', '/kept', '/later'])
    expect((await run('cat', '/new', '--at', 'head')).stderr).toContain('cli.only-pending')
    expect((await run('ls', '--pending', '--at', '1')).status).toBe(2)
  })

  it('can be discarded, all or by path, and brought back', async () => {
    expect((await run('discard')).status).toBe(2)
    expect(await json('discard', '/changed')).toMatchObject({ discarded: 1 })
    expect(await json('discard', '--all')).toMatchObject({ discarded: 2 })
    expect(await json('status')).toMatchObject({ pendingOperations: 0, changes: [] })
    expect(await json('undo')).toEqual({ restored: 2 })
    expect(await json('undo')).toEqual({ restored: 1 })
    expect((await run('undo')).stderr).toContain('steward.nothing-to-undo')
    expect(await json('status')).toMatchObject({ pendingOperations: 3 })
  })

  it('becomes a version, with a message made of it where none is given', async () => {
    expect(await json('commit')).toMatchObject({ outcome: 'committed', version: 3, operationsCommitted: 3 })
    expect(await json('commit')).toMatchObject({ outcome: 'nothing-to-commit', conflicts: [], version: 3 })
    expect(await json<LogEntry[]>('log', '--limit', '1')).toMatchObject([
      { version: 3, message: 'Add new, update changed and delete gone', operations: 3 },
    ])
    expect((await json<OperationRecord[]>('show', '3')).map(({ operation, path }) => [operation, path])).toEqual([
      ['update', '/changed'],
      ['delete', '/gone'],
      ['create', '/new'],
    ])
    expect(await json<LogEntry[]>('log', '/changed')).toMatchObject([{ version: 3 }, { version: 1 }])
    expect(await json<Change[]>('diff', '2', '3')).toHaveLength(3)
  })

  it('may be a way back', async () => {
    await json('commit', '-m', 'three')
    expect(await json('restore', '/gone', '--to', 'head~1')).toMatchObject({ staged: 1, nodesRestored: 1 })
    expect((await run('cat', '/gone')).stdout).toBe('1')
    expect((await run('restore', '/gone')).status).toBe(2)
    const nothing = await run('restore')
    expect(nothing.status).toBe(0)
    expect(nothing.stderr).toContain('nothing was restored')
    expect((await run('reread')).stderr).toBe('')
  })
})

describe('copy', () => {
  beforeEach(() => {
    mkdirSync(terminal.path('in', 'deep'), { recursive: true })
    writeFileSync(terminal.path('in', 'a.csv'), 'n\n1\n2\n')
    writeFileSync(terminal.path('in', 'deep', 'big.bin'), Buffer.alloc(200_000, 7))
    symlinkSync('../a.csv', terminal.path('in', 'deep', 'inner'))
    symlinkSync('/etc/hostname', terminal.path('in', 'outer'))
  })

  it('brings folders in and takes them out again, byte for byte', async () => {
    const copied = await run('copy', 'host:in', '/x', '--json')
    // Not all of it: a script has to learn that.
    expect(copied.status).toBe(1)
    expect(copied.json()).toMatchObject({ files: 2, bytes: 200_006, skipped: [{ path: terminal.path('in', 'outer') }] })
    expect(await names('-R')).toEqual(['/x', '/x/a.csv', '/x/deep', '/x/deep/big.bin', '/x/deep/inner'])
    expect((await run('cat', '/x/deep/inner')).stdout).toBe('n\n1\n2\n')
    expect(await json('copy', '/x', 'host:out')).toMatchObject({ files: 2, bytes: 200_006, staged: 0 })
    for (const file of ['a.csv', 'deep/big.bin', 'deep/inner']) {
      expect(readFileSync(terminal.path('out', file))).toEqual(readFileSync(terminal.path('in', file)))
    }
  })

  it('goes into a directory, or takes the name that is free', async () => {
    await json('mkdir', '/d')
    await json('copy', 'host:in/a.csv', '/d')
    await json('copy', `host://${terminal.path('in', 'a.csv')}`, '/b.csv')
    await json('copy', '/b.csv', '/d/c.csv')
    expect(await names('-R')).toEqual(['/b.csv', '/d', '/d/a.csv', '/d/c.csv'])
    expect((await run('copy', 'host:in/a.csv', '/missing/')).status).toBe(1)
    await json('copy', '/d/*.csv', 'host:in/deep/')
    expect(readFileSync(terminal.path('in', 'deep', 'c.csv'), 'utf8')).toBe('n\n1\n2\n')
  })

  it('replaces nothing unless told to, on either side', async () => {
    await write('/a.csv', 'old')
    const refused = await run('copy', 'host:in', 'host:in/a.csv', '/', '--json')
    expect([refused.status, refused.json()]).toMatchObject([1, { error: { code: 'tinyfs.exists' } }])
    expect(await names()).toEqual(['/a.csv'])
    expect((await run('copy', '/a.csv', 'host:in')).stderr).toContain('host.exists')
    expect(readFileSync(terminal.path('in', 'a.csv'), 'utf8')).toBe('n\n1\n2\n')
    await json('copy', 'host:in/a.csv', '/', '--replace')
    expect((await run('cat', '/a.csv')).stdout).toBe('n\n1\n2\n')
    await write('/a.csv', 'new')
    await json('copy', '/a.csv', 'host:in', '--replace')
    await json('copy', '/a.csv', 'host:in/a.csv', '--replace')
    expect(readFileSync(terminal.path('in', 'a.csv'), 'utf8')).toBe('new')
  })

  it('turns text tables into Parquet on the way in, and leaves the rest alone', async () => {
    rmSync(terminal.path('in', 'outer'))
    writeFileSync(terminal.path('in', 'deep', 'b.jsonl'), '{"n":3}\n{"n":4}\n')
    expect(await json('copy', 'host:in', '/x', '--to-parquet')).toMatchObject({ files: 3 })
    expect(await names('-R')).toEqual([
      '/x',
      '/x/a.parquet',
      '/x/deep',
      '/x/deep/b.parquet',
      '/x/deep/big.bin',
      '/x/deep/inner',
    ])
    expect(await json('describe', '/x/a.parquet')).toMatchObject({ entry: { fileType: 'file:table' }, rows: 2 })
    const sum = `SELECT sum(n)::INT AS n FROM '/x/**/*.parquet'`
    expect(await json('query', sum, '--pending')).toEqual([{ n: 10 }])
    await json('copy', 'host:in/a.csv', '/named.pq', '--to-parquet')
    expect(await json('cat', '/named.pq')).toEqual([{ n: 1 }, { n: 2 }])
    writeFileSync(terminal.path('in', 'broken.jsonl'), '{"n":1}\n{"n":\n')
    writeFileSync(terminal.path('in', 'ragged.csv'), 'a,b\n1,2\n3,4,5\n')
    const before = await json('status')
    for (const file of ['broken.jsonl', 'ragged.csv']) {
      const ended = await run('copy', `host:in/${file}`, '/', '--to-parquet')
      expect(ended.stderr).toContain(`query.unreadable-file: "${file}"`)
    }
    await json('copy', '/x/a.parquet', 'host:whole.parquet')
    const whole = readFileSync(terminal.path('whole.parquet'))
    for (const [name, bytes] of [
      ['cut.parquet', whole.subarray(0, -9)],
      ['half.pq', whole.subarray(0, whole.length / 2)],
      ['none.parquet', Buffer.from('n\n1\n')],
      ['empty.parquet', Buffer.alloc(0)],
    ] as const) {
      writeFileSync(terminal.path('in', name), bytes)
      const ended = await run('copy', `host:in/${name}`, '/', '--to-parquet')
      expect([ended.status, ended.stderr]).toEqual([1, expect.stringContaining(`"${name}": expected a Parquet table`)])
    }
    const arrow = Buffer.from(tableToIPC(tableFromArrays({ n: Int32Array.of(1, 2, 3) }), 'file'))
    const stream = Buffer.from(tableToIPC(tableFromArrays({ n: Int32Array.of(1, 2, 3) }), 'stream'))
    for (const [name, bytes] of [
      ['cut.arrow', arrow.subarray(0, -9)],
      ['half.feather', arrow.subarray(0, arrow.length / 2)],
      ['cut.arrows', stream.subarray(0, -30)],
      ['none.arrow', Buffer.from('n\n1\n')],
      ['empty.arrow', Buffer.alloc(0)],
    ] as const) {
      writeFileSync(terminal.path('in', name), bytes)
      const ended = await run('copy', `host:in/${name}`, '/', '--to-parquet')
      expect([ended.status, ended.stderr]).toEqual([1, expect.stringContaining(`"${name}": expected an Arrow table`)])
      rmSync(terminal.path('in', name))
    }
    expect(await json('status')).toEqual(before)
    // What is whole and no text stays as it is.
    for (const [name, bytes] of [
      ['whole.arrow', arrow],
      ['whole.arrows', stream],
    ] as const) {
      writeFileSync(terminal.path('in', name), bytes)
      await json('copy', `host:in/${name}`, '/', '--to-parquet')
      expect(await json('cat', `/${name}`)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    }
    // Where nobody asks for tables, bytes come as they are.
    expect(await json('copy', 'host:in/cut.parquet', '/')).toMatchObject({ files: 1 })
    expect((await run('copy', 'host:in/a.csv', '/', '--to-parquet', '--type', 'data')).status).toBe(2)
    expect((await run('copy', '/x', 'host:out', '--to-parquet')).status).toBe(2)
  })

  it('takes what a version had', async () => {
    await write('/a', 'one', '-m', '1')
    await write('/a', 'two', '-m', '2')
    await json('copy', '/a', 'host:old', '--at', '1')
    await json('copy', '/a', '/old', '--at', '1')
    expect([readFileSync(terminal.path('old'), 'utf8'), (await run('cat', '/old')).stdout]).toEqual(['one', 'one'])
  })

  it('writes into none of the files that the pond is made of', async () => {
    await json('mkdir', '/data')
    await write('/data/x', '1')
    await write('/pond.json', '{}')
    for (const [source, target] of [
      ['/data', 'host:.'],
      ['/', 'host:.'],
      ['/pond.json', 'host:.'],
      ['/data/x', 'host:pond.json'],
      ['/data/x', 'host:data/_delta_log/'],
      ['/data/x', 'host:pending/journal'],
    ] as const) {
      expect((await run('copy', source, target, '--replace')).stderr).toContain('host.inside-pond')
    }
    expect((await run('query', 'SELECT 1', '-o', 'data/x.csv')).stderr).toContain('host.inside-pond')
    expect(await json('verify')).toMatchObject({ ok: true })
  })

  it('is refused where it makes no sense', async () => {
    for (const argv of [
      ['host:in', 'host:out'],
      ['host:in', '/a', '/b'],
      ['host:', '/x'],
    ]) {
      expect((await run('copy', ...argv)).status).toBe(2)
    }
    expect((await run('copy', 'host:nothing', '/x')).stderr).toContain('host.not-found')
    expect((await run('copy', 'host:in/a.csv', '/t', '--type', 'table')).stderr).toContain('tlogfs.not-a-table')
    await json('mkdir', '/d')
    expect((await run('copy', '/d', '/d/e')).stderr).toContain('tinyfs.into-itself')
  })
})

describe('query', () => {
  beforeEach(() => write('/t.csv', 'id,name\n9007199254740993,ä\n2,\n', '-m', 'table'))

  it('answers with objects whose numbers are exact', async () => {
    expect(await json('query', `SELECT id, name, 1.10 AS d, DATE '2026-03-01' AS day FROM '/t.csv'`)).toEqual([
      { id: '9007199254740993', name: 'ä', d: '1.10', day: '2026-03-01' },
      { id: 2, name: null, d: '1.10', day: '2026-03-01' },
    ])
    expect(await json('query', 'SELECT 1 AS a, 2 AS a')).toEqual([{ a: 1, a_1: 2 }])
    expect(await json('query', 'SELECT 1 WHERE false')).toEqual([])
  })

  it('prints a table on a terminal and CSV for a program', async () => {
    const sql = `FROM '/t.csv'`
    expect((await run('query', sql)).stdout).toBe('id,name\n9007199254740993,ä\n2,\n')
    const table = (await terminal.pond(['query', sql], { isTerminal: true, env: { NO_COLOR: '1' } })).stdout
    expect(table.split('\n')).toEqual([
      '              id  name',
      '────────────────  ────',
      '9007199254740993  ä',
      '               2  NULL',
      '',
    ])
  })

  it('writes files that the pond reads back as the same rows', async () => {
    const rows = await json('query', `FROM '/t.csv'`)
    for (const ending of ['parquet', 'csv', 'jsonl', 'json']) {
      const out = `out.${ending}`
      expect(await json('query', `FROM '/t.csv'`, '-o', out)).toMatchObject({ path: terminal.path(out), rows: 2 })
      await json('copy', `host:${out}`, '/')
      const back = await json<Record<string, unknown>[]>(
        'query',
        `SELECT id::BIGINT AS id, name FROM '/${out}'`,
        '--pending',
      )
      expect(back).toEqual(rows)
    }
    expect((await run('query', 'SELECT 1', '-o', 'x.unknown')).status).toBe(2)
    expect((await run('query', 'SELECT 1', '--json', '--format', 'csv')).status).toBe(2)
    expect((await terminal.pond(['query', 'SELECT 1', '--format', 'parquet'], { isTerminal: true })).status).toBe(2)
  })

  it('reads the statement from stdin', async () => {
    expect(await terminal.json(['query', '-'], { stdin: 'SELECT 1 AS one' })).toEqual([{ one: 1 }])
    expect((await terminal.pond(['query', '-'], { stdin: ' ' })).status).toBe(2)
  })

  it('names the place of a mistake, and lets nobody out of the pond', async () => {
    const wrong = await run('query', 'SELECT\n  nonsense', '--json')
    expect(wrong.status).toBe(1)
    expect(wrong.json()).toMatchObject({ error: { code: 'query.failed', detail: { line: 2, column: 3 } } })
    expect((await run('query', 'SELEC 1')).stderr).toContain('query.syntax')
    for (const sql of [
      `FROM read_text('/etc/hostname')`,
      `COPY (SELECT 1) TO '${terminal.path('leak')}'`,
      'CREATE TABLE t(x INT)',
    ]) {
      expect((await run('query', sql)).status).toBe(1)
    }
  })
})

describe('cat', () => {
  it('prints bytes as they are, and a part of a table by SQL', async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256)
    await write('/b.bin', bytes)
    expect(Buffer.compare((await run('cat', '/b.bin')).bytes, bytes)).toBe(0)
    expect((await terminal.pond(['cat', '/b.bin'], { isTerminal: true })).stdout).toContain('00000000  00 01 02 03')
    await write('/t.csv', 'n\n1\n2\n3\n')
    expect(await json('cat', '/t.csv', '--sql', 'SELECT sum(n)::INT AS s FROM source')).toEqual([{ s: 6 }])
    expect(await json('cat', '/t.csv', '--sql', 'WITH a AS (FROM source) SELECT count(*) AS c FROM a')).toEqual([
      { c: 3 },
    ])
    expect(await json('cat', '/t.csv')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    expect((await run('cat', '/t.csv', '--format', 'jsonl')).stdout).toBe('{"n":1}\n{"n":2}\n{"n":3}\n')
  })
})

describe('describe, verify and the rest', () => {
  it('say what there is', async () => {
    await write('/t.csv', 'n\n1\n', '-m', 't')
    expect(await json('describe', '/t.csv')).toMatchObject({
      kind: 'table',
      tableFormat: 'csv',
      columns: [{ name: 'n', type: 'BIGINT' }],
    })
    expect(await json<unknown[]>('describe', '/*.csv')).toHaveLength(1)
    expect(await json('verify')).toMatchObject({ ok: true, problems: [] })
    expect(await json('recover')).toEqual({ repaired: [] })
    expect(await json('info')).toMatchObject({ version: 1, path: terminal.folder, readOnly: null })
    expect(await json('checkpoint')).toMatchObject({ deltaVersion: 1 })
    expect(await json('compact')).toMatchObject({ filesAfter: 1 })
  })
})

describe('an end', () => {
  it('by interruption is 130, and leaves nothing half done', async () => {
    const abort = new AbortController()
    abort.abort()
    for (const argv of [
      ['copy', 'host:.', '/x'],
      ['query', 'SELECT 1'],
      ['mkdir', '/x'],
    ]) {
      const ended = await terminal.pond([...argv, '--json'], { signal: abort.signal })
      expect([ended.status, ended.json()]).toMatchObject([130, { error: { code: 'api.interrupted' } }])
    }
    expect(await json('status')).toMatchObject({ pendingOperations: 0 })
  })

  it('of a query comes soon after the interruption', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 300)
    const started = performance.now()
    const sql = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE (a.range + b.range) % 7 = 3'
    expect((await terminal.pond(['query', sql], { signal: abort.signal })).status).toBe(130)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('of the reader is no failure', async () => {
    await json('touch', '/a', '/b')
    const onStdout = (): void => {
      throw new ClosedPipe()
    }
    expect(await terminal.pond(['ls'], { onStdout })).toMatchObject({ status: 0, stderr: '' })
  })
})
