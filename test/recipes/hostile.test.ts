/** A stranger's pond: what its recipes may not do to whoever reads it. Doors that are tried elsewhere are named where they are. */
import { mkdir, readdir, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newPond, type TestPond } from '../query/pond'

async function write(test: TestPond, files: Readonly<Record<string, string>>): Promise<void> {
  await test.pond.stage(async (fs) => {
    for (const [path, text] of Object.entries(files)) {
      const content = await test.pond.prepare([Buffer.from(text)])
      await fs.put(path, content, { parents: true, replace: true })
    }
  })
}
async function bytes(test: TestPond, path: string): Promise<string> {
  const reader = await test.pond.open(path)
  try {
    return Buffer.from(await reader.read(0, reader.size)).toString('latin1')
  } finally {
    await reader.close()
  }
}
const LONG =
  'recipe: synthetic\nstart: "2000-01-01"\nend: "2000-01-02"\ninterval: 1ms\npoints: [{ name: x, components: [{ type: sine }] }]\n'

describe('Recipes of a stranger', () => {
  it('that are computed of each other, deeper than statements run at once, do not wait for each other for ever', async () => {
    await using test = await newPond()
    await write(test, {
      '/r0.recipe.yaml': LONG.replace('1ms', '1h'),
      ...Object.fromEntries(
        Array.from({ length: 6 }, (_, i) => [
          `/r${i + 1}.recipe.yaml`,
          `recipe: reduce\ninput: ${i === 0 ? '/r0' : `/r${i}/x/res=1h.series`}\nname: x\nevery: [1h]\nvalues: [{ fn: max }]\n`,
        ]),
      ),
    })
    const read = (i: number) => test.rows(`SELECT count(*)::INTEGER FROM '/r${i}/x/res=1h.series'`)
    expect(await Promise.all([6, 5, 6, 4, 6].map(read))).toEqual([[[25]], [[25]], [[25]], [[25]], [[25]]])
  })

  it('that read each other many times over are read in the time of each', async () => {
    await using test = await newPond()
    const all: Record<string, string> = {
      '/a25.recipe.yaml': 'recipe: sql\nquery: SELECT 1 AS n\n',
      '/b25.csv.recipe.yaml': 'recipe: text\ntemplate: "n\\n1\\n"\n',
      '/c/25.recipe.yaml': 'recipe: sql\nquery: SELECT 1 AS n\n',
    }
    for (let i = 0; i < 25; i++) {
      // Two of each make more than thirty million.
      all[`/a${i}.recipe.yaml`] = `recipe: sql\nquery: SELECT count(*) AS n FROM '/a${i + 1}' a, '/a${i + 1}' b\n`
      const from = `SELECT n FROM '/b${i + 1}.csv'`
      all[`/b${i}.csv.recipe.yaml`] =
        `recipe: text\ndata: { a: "${from}", b: "${from}" }\ntemplate: "n\\n{{ data.b[0].n }}\\n"\n`
      const excluded = Array.from({ length: i + 1 }, (_, n) => `/c/${n}`)
      all[`/c/${i}.recipe.yaml`] =
        `recipe: sql\ninputs: { x: { glob: "/c/*", exclude: [${excluded.join()}, "/c/*.yaml"] } }\nquery: SELECT 1 AS n FROM x LIMIT 1\n`
    }
    await write(test, all)
    for (const path of ['/a0', '/b0.csv', '/c/9']) expect(await test.rows(`FROM '${path}'`), path).toEqual([[1]])
    expect(await bytes(test, '/b0.csv')).toBe('n\n1\n')
  }, 120_000)

  it('that would fill the disk are stopped while they do', async () => {
    await using test = await newPond()
    await test.pond.setConfig('cache.bytes', '1MiB')
    await write(test, {
      '/huge.recipe.yaml': LONG.replace('2000-01-02', '9999-01-01'),
      '/rows.recipe.yaml': `recipe: text\ndata: { x: "SELECT [repeat('x', 9000)] FROM range(9000)" }\ntemplate: "{{ data.x|length }}"\n`,
      '/file.recipe.yaml': 'recipe: text\ntemplate_file: /large.txt\n',
      '/large.txt': 'x'.repeat(2_000_000),
      '/bytes.recipe.yaml': `recipe: text\ntemplate: "{{ 'x' * 2000000 }}"\n`,
    })
    await expect(bytes(test, '/huge')).rejects.toMatchObject({ code: 'recipes.too-large' })
    await expect(bytes(test, '/bytes')).rejects.toMatchObject({ code: 'recipes.too-large' })
    await expect(bytes(test, '/rows')).rejects.toMatchObject({ code: 'recipes.too-large' })
    await expect(bytes(test, '/file')).rejects.toMatchObject({ code: 'recipes.too-large' })
    expect(await readdir(join(test.folder, 'cache/derived'))).toEqual([])
  })

  it('take as long as somebody waits for them, and the turn of nobody', async () => {
    await using test = await newPond()
    // Hours of work, and one row.
    const endless = (i: number) => `SELECT max(a.range * b.range + ${i}) AS x FROM range(1000000) a, range(1000000) b`
    await write(test, {
      ...Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`/r${i}.recipe.yaml`, `recipe: sql\nquery: ${endless(i)}\n`])),
      '/a.recipe.yaml': 'recipe: sql\nquery: SELECT 1 AS one\n',
    })
    const { pond } = test
    const stop = new AbortController()
    const source = await pond.source('pending')
    const waiting = [1, 2, 3, 4, 5].map((i) =>
      pond.queries.stream(source, `FROM read_parquet('/r${i}')`, stop.signal).then(
        () => 'done',
        (error: { code: string }) => error.code,
      ),
    )
    expect(await test.rows("FROM '/a'")).toEqual([[1]])
    stop.abort()
    expect(await Promise.all(waiting)).toEqual(Array(5).fill('query.cancelled'))
    const left = new AbortController()
    const opening = pond.open('/r1', 'pending', left.signal)
    setTimeout(() => left.abort(), 50)
    await expect(opening).rejects.toMatchObject({ code: 'platform.cancelled' })
    // What nobody waits for is not computed: there is room for what somebody does.
    expect((await bytes(test, '/a')).slice(0, 4)).toBe('PAR1')
  })

  it('find nothing of this machine by SQL: no file, no network, no setting, no environment', async () => {
    await using test = await newPond()
    process.env['DUCKPOND_TEST_SECRET'] = 'hidden'
    const host = join(test.folder, 'pond.json')
    const queries: Readonly<Record<string, string>> = {
      env: "SELECT getenv('DUCKPOND_TEST_SECRET') AS x",
      file: `SELECT * FROM read_text('${host}')`,
      path: `FROM '${host}'`,
      csv: `FROM read_csv('${host}', header = false)`,
      http: "FROM 'https://example.org/x.csv'",
      http2: "FROM read_parquet('https://example.org/x.parquet')",
      s3: "FROM read_parquet('s3://bucket/x.parquet')",
      attach: "ATTACH '/tmp/x.db'",
      install: 'INSTALL httpfs',
      copy: "COPY (SELECT 1) TO '/tmp/x.csv'",
      setting: "SELECT current_setting('temp_directory') AS x",
      settings: 'FROM duckdb_settings()',
      secrets: 'FROM duckdb_secrets()',
      secret: "FROM which_secret('s3://x', 's3')",
      query: "FROM query('SELECT 1')",
      catalog: 'FROM duckdb_databases()',
      pragma: 'PRAGMA database_list',
      macro: "SELECT json_execute_serialized_sql('{}') AS x",
    }
    await write(
      test,
      Object.fromEntries(
        Object.entries(queries).map(([name, sql]) => [
          `/${name}.recipe.yaml`,
          `recipe: sql\nquery: ${JSON.stringify(sql)}\n`,
        ]),
      ),
    )
    for (const [name, sql] of Object.entries(queries)) {
      await expect(test.rows(`FROM '/${name}'`), sql).rejects.toMatchObject({
        code: expect.stringMatching(/^(query\.|recipes\.no-input$)/),
      })
      await expect(bytes(test, `/${name}`), sql).rejects.toMatchObject({
        code: expect.stringMatching(/^(query\.|recipes\.no-input$)/),
      })
    }
    delete process.env['DUCKPOND_TEST_SECRET']
    // Of the pond's own files.
    await write(test, { '/glob.recipe.yaml': `recipe: sql\nquery: FROM glob('${test.folder}/*')\n` })
    expect(await test.rows("FROM '/glob'")).toEqual([])
  })

  it('see files, and nothing else of the pond, and no moment after their own', async () => {
    await using test = await newPond()
    await write(test, { '/a.csv': 'n\n1\n' })
    await test.commit()
    await write(test, { '/a.csv': 'n\n2\n' })
    await test.commit()
    const queries: Readonly<Record<string, string>> = {
      log: 'FROM pond.log',
      files: 'SELECT count(*) AS n FROM pond.files',
      rows: 'FROM oplog_entries',
      diff: "FROM pond.diff_rows('/a.csv', 0, 1)",
      tables: 'SHOW TABLES',
      head: "FROM '/a.csv' AT (VERSION => 'head')",
      pending: "FROM '/a.csv' AT (VERSION => 'pending')",
      time: "FROM '/a.csv' AT (TIMESTAMP => '2026-01-01')",
      later: "FROM '/a.csv' AT (VERSION => 99)",
    }
    await write(
      test,
      Object.fromEntries(
        Object.entries(queries).flatMap(([name, sql]) => [
          [`/${name}.recipe.yaml`, `recipe: sql\nquery: ${JSON.stringify(sql)}\n`],
          [
            `/${name}.md.recipe.yaml`,
            `recipe: text\ndata: { x: ${JSON.stringify(sql)} }\ntemplate: "{{ data.x|length }}"\n`,
          ],
        ]),
      ),
    )
    await write(test, { '/second.recipe.yaml': "recipe: sql\nquery: FROM '/a.csv' AT (VERSION => 2)\n" })
    await test.commit()
    for (const [name, sql] of Object.entries(queries)) {
      const refused = { code: expect.stringMatching(/^(query\.not-allowed|steward\.unknown-version)$/) }
      await expect(test.rows(`FROM '/${name}'`), sql).rejects.toMatchObject(refused)
      await expect(bytes(test, `/${name}`), sql).rejects.toMatchObject(refused)
      await expect(bytes(test, `/${name}.md`), sql).rejects.toMatchObject(refused)
    }
    expect(await test.rows("FROM '/second'")).toEqual([[2]])
  })

  it('find nothing of this machine by their fields', async () => {
    await using test = await newPond()
    const host = join(test.folder, 'pond.json')
    await write(test, {
      '/a.csv': 'timestamp,n\n2026-01-01,1\n',
      '/file.recipe.yaml': `recipe: text\ntemplate_file: ${host}\n`,
      '/up.recipe.yaml': 'recipe: text\ntemplate_file: /../../../../etc/passwd\n',
      '/data.recipe.yaml': `recipe: text\ndata: { x: "SELECT * FROM read_text('${host}')" }\ntemplate: "{{ data.x }}"\n`,
      '/input.recipe.yaml': `recipe: sql\ninputs: { a: "${host}" }\n`,
      '/glob.recipe.yaml': `recipe: pivot\ninput: "${test.folder}/*"\ncolumns: "*"\n`,
      '/url.recipe.yaml': 'recipe: sql\ninputs: { a: "https://example.org/x.csv" }\n',
      '/cast.recipe.yaml': `recipe: sql\ninputs: { a: { glob: /a.csv, rename: [{ from: n, cast: "INT) FROM read_text('${host}') --" }] } }\n`,
      '/name.recipe.yaml': `recipe: sql\ninputs: { 'a" AS (FROM read_text(''${host}'')) --': /a.csv }\n`,
      '/column.recipe.yaml': `recipe: sql\ninputs: { a: { glob: /a.csv, columns: ['n" FROM read_text(''${host}'') --'] } }\n`,
    })
    for (const name of ['file', 'up', 'data', 'input', 'url', 'cast', 'name']) {
      const read = bytes(test, `/${name}`)
      const text = await read.catch((error: { code: string }) => error.code)
      expect(text, name).toMatch(/^(query|tinyfs|recipes)\.|^PAR1/)
      expect(text, name).not.toContain('pondId')
    }
    expect(await test.rows("FROM '/glob'")).toEqual([])
  })

  it('cannot have their files written elsewhere by a link in the cache that they brought', async () => {
    await using test = await newPond()
    await write(test, { '/a.recipe.yaml': 'recipe: sql\nquery: SELECT 1 AS one\n' })
    const elsewhere = join(test.folder, 'elsewhere')
    await mkdir(elsewhere)
    await bytes(test, '/a')
    for (const link of ['cache/derived', 'cache']) {
      await test.pond.close()
      await rm(join(test.folder, link), { recursive: true })
      await symlink(elsewhere, join(test.folder, link))
      await test.reopen()
      expect((await bytes(test, '/a')).slice(0, 4)).toBe('PAR1')
      expect(await readdir(elsewhere)).toEqual([])
    }
  })

  it('are bounded in what they say: depth, aliases, size, matches', async () => {
    await using test = await newPond()
    const nested = (depth: number): string =>
      depth === 0
        ? '{ name: x, recipe: sql, query: SELECT 1 }'
        : `{ name: x, recipe: directory, entries: [${nested(depth - 1)}] }`
    const chain = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`/c${i}.recipe.yaml`, `recipe: sql\nquery: FROM '/c${i + 1}'\n`]),
    )
    await write(test, {
      '/deep.recipe.yaml': `recipe: directory\nentries: [${nested(40)}]\n`,
      '/flow.recipe.yaml': `recipe: sql\nquery: ${'['.repeat(10_000)}\n`,
      '/large.recipe.yaml': `recipe: sql\nquery: ${'x'.repeat(1 << 20)}\n`,
      ...chain,
      '/spaces.recipe.yaml': `recipe: sql\nquery: "SELECT 1${' '.repeat(1_000_000)} AS x"\n`,
      '/c40.recipe.yaml': 'recipe: sql\nquery: SELECT 1\n',
    })
    for (const name of ['flow', 'large', 'deep'])
      await expect(bytes(test, `/${name}`), name).rejects.toMatchObject({ code: 'recipes.bad-spec' })
    await expect(test.rows("FROM '/c0'")).rejects.toMatchObject({ code: expect.stringMatching(/^(query|recipes)\./) })
    expect(await test.rows("FROM '/c20'")).toEqual([[1]])
    // A pattern that looks for the end of it would take an hour.
    expect(await test.rows("FROM '/spaces'")).toEqual([[1]])
  })

  it('with regular expressions take the time of RE2, and no more', async () => {
    await using test = await newPond()
    await write(test, {
      '/a.csv': `timestamp,${'a'.repeat(50)}\n2026-01-01,1\n`,
      '/re.recipe.yaml':
        'recipe: sql\ninputs: { a: { glob: /a.csv, rename: [{ match: "^(a+)+$|(a|aa)+b", to: x }] } }\n',
      '/stars.recipe.yaml': `recipe: sql\ninputs: { a: { glob: /a.csv, columns: ["t*", "${'*a'.repeat(25)}x"] } }\n`,
      '/sql.recipe.yaml': "recipe: sql\nquery: SELECT regexp_matches(repeat('a', 5000), '^(a+)+b$') AS x\n",
      '/back.recipe.yaml': 'recipe: sql\ninputs: { a: { glob: /a.csv, rename: [{ match: "(a)\\\\1", to: x }] } }\n',
    })
    expect((await test.objects("FROM '/re'"))[0]).toHaveProperty('x', 1)
    // DuckDB's GLOB would take years.
    expect(await test.rows("FROM '/stars'")).toEqual([['2026-01-01']])
    expect(await test.rows("FROM '/sql'")).toEqual([[false]])
    await expect(test.rows("FROM '/back'")).rejects.toMatchObject({ code: expect.stringMatching(/^(query|recipes)\./) })
  })

  it('a thousand in a directory are listed, the bad ones too, and nothing is computed', async () => {
    await using test = await newPond()
    const kinds = [
      'recipe: sql\nquery: SELECT 1\n',
      'recipe: sql\nqery: 1\n',
      'recipe: synthetic\nstart: "2000-01-01"\nend: "9999-01-01"\ninterval: 1ms\npoints: [{ name: x, components: [{ type: line }] }]\n',
      'recipe: text\ntemplate: "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}"\n',
      'recipe: reduce\ninput: /**\nevery: [1h]\nvalues: [{ fn: avg }]\n',
    ]
    await write(
      test,
      Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`/d/r${i}.recipe.yaml`, `${kinds[i % 5]}# ${i}\n`])),
    )
    expect(await test.pond.list('/d')).toHaveLength(2_000)
    expect(await stat(join(test.folder, 'cache/derived')).catch(() => undefined)).toBeUndefined()
  })
})
