/** What recipes may get wrong, each by its name and at its place; doors to the machine are tried in hostile.test.ts. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import { newPond, type TestPond } from '../query/pond'

/** Of each: its recipe, the code, and the file, line and column that the error names (of `x` where no file is said). */
type Door = readonly [what: string, yaml: string, code: string, at: string]

const CYCLES: readonly Door[] = [
  ['itself, by name', "recipe: sql\ndescription: /x\nquery: FROM '/x'", 'cycle', '3:8'],
  ['itself, by a pattern', "recipe: sql\ninputs: { a: '/x*' }", 'cycle', '2:14'],
  [
    'itself, in a join',
    'recipe: join\ninputs:\n  - { glob: /days.csv, scope: A }\n  - { glob: /x, scope: B }',
    'cycle',
    '4:13',
  ],
  ['itself, of an earlier moment', "recipe: sql\nquery: FROM '/x' AT (VERSION => 99)", 'cycle', '2:8'],
  ['itself, of a moment that is now', 'recipe: sql\ninputs: { a: { glob: /x, at: head } }', 'cycle', '2:22'],
  ['itself, in the data of a text', "recipe: text\ntemplate: x\ndata:\n  a: SELECT 1\n  b: FROM '/x'", 'cycle', '5:6'],
  ['itself, as what texts are made for', 'recipe: text\ninput: /x/*\ntemplate: x', 'cycle', '2:8'],
  [
    'itself, as what recipes are made for',
    'recipe: directory\nfor_each: /x/*\nentries: [{ name: $0, recipe: sql, query: SELECT 1 }]',
    'cycle',
    '2:11',
  ],
  ['itself, as what it reduces', 'recipe: reduce\ninput: /x/*/*\nevery: [1h]\nvalues: [{ fn: avg }]', 'cycle', '2:8'],
  [
    'itself, as what it reduces of an earlier moment',
    'recipe: reduce\ninput: { glob: "/x/*/*", at: 99 }\nevery: [1h]\nvalues: [{ fn: avg }]',
    'cycle',
    '2:16',
  ],
  ['itself, by way of others', "recipe: sql\nquery: FROM '/ring/b'", 'cycle', 'c.recipe.yaml 2:14'],
  ['itself, through a view', "recipe: sql\nquery: FROM '/seen/x'", 'cycle', '2:8'],
  ['itself, through a link', "recipe: sql\nquery: FROM '/link'", 'cycle', '2:8'],
  [
    'more recipes below each other than may be',
    "recipe: sql\nquery: FROM '/chain/n0'",
    'too-deep',
    'n30.recipe.yaml 2:8',
  ],
]
const INPUTS: readonly Door[] = [
  ['a path', 'recipe: sql\ninputs:\n  a: /days.csv\n  b: /gone.csv\nquery: FROM a JOIN b USING (n)', 'no-input', '4:6'],
  ['a pattern', "recipe: sql\ninputs:\n  a: '/gone/*.csv'", 'no-input', '3:6'],
  ['a path in the query', "recipe: sql\nquery: FROM '/gone.csv'", 'no-input', '2:8'],
  ['what is left of a pattern', "recipe: sql\ninputs: { a: { glob: /days.csv, exclude: '/d*' } }", 'no-input', '2:22'],
  [
    'a scope of a join',
    'recipe: join\ninputs:\n  - { glob: /days.csv, scope: A }\n  - { glob: /gone.csv, scope: B }',
    'no-input',
    '4:13',
  ],
  ['a file of a template', 'recipe: text\ntemplate_file: /gone.txt', 'no-input', '2:16'],
  [
    'a path in the data of a text',
    "recipe: text\ntemplate: x\ndata:\n  a: SELECT 1\n  b: FROM '/gone.csv'",
    'no-input',
    '5:6',
  ],
]
const NEVER_THE_SAME: readonly Door[] = [
  'random()',
  'uuid()',
  'gen_random_uuid()',
  'now()',
  'today()',
  'current_date',
  'current_timestamp',
  'localtimestamp',
  'get_current_timestamp()',
  'current_localtimestamp()',
  'current_localtime()',
  "age(TIMESTAMP '2026-01-01')",
  'ago(INTERVAL 1 DAY)',
  'txid_current()',
  'pg_postmaster_start_time()',
  'pg_conf_load_time()',
  'current_query()',
  "nextval('x')",
  'pg_sleep(0)',
  'list_transform([1], lambda x: random())',
  'reservoir_quantile(1, 0.5)',
  "1 FROM '/days.csv' USING SAMPLE 1",
  "1 FROM '/days.csv' TABLESAMPLE 50%",
].map((sql): Door => [sql, `recipe: sql\nquery: ${JSON.stringify(`SELECT ${sql}`)}`, 'not-deterministic', '2:8'])
const NAMES: readonly Door[] = [
  ['with a slash', 'recipe: text\ninput: /q/*.csv\ntemplate: x\nname: a/$0', 'bad-name', '4:7'],
  ['of a directory above', "recipe: text\ninput: /q/*.csv\ntemplate: x\nname: '..'", 'bad-name', '4:7'],
  ['of nothing', 'recipe: text\ninput: /q/*.csv\ntemplate: x\nname: "{{ \'\' }}"', 'bad-name', '4:7'],
  ['of which two are alike', 'recipe: text\ninput: /q/*.csv\ntemplate: x\nname: same', 'bad-name', '4:7'],
  [
    'of which two look alike',
    `recipe: text\ninput: /q/*.csv\ntemplate: x\nname: "{{ '\\u00e9' if c[0] == 'a' else 'e\\u0301' }}"`,
    'bad-name',
    '4:7',
  ],
  ['that is too long', `recipe: text\ninput: /q/*.csv\ntemplate: x\nname: "{{ 'x' * 300 }}"`, 'bad-name', '4:7'],
  ['of a capture that is not', "recipe: text\ninput: /q/*.csv\ntemplate: x\nname: '$1'", 'bad-template', '4:7'],
  [
    'of a reduction with a slash',
    'recipe: reduce\ninput: /q/*.csv\nname: x/$0\nevery: [1h]\nvalues: [{ fn: avg }]',
    'bad-name',
    '3:7',
  ],
  [
    'of a list of names',
    "recipe: directory\nfor_each: [a, '../b']\nentries: [{ name: $0, recipe: sql, query: SELECT 1 }]",
    'bad-name',
    '2:11',
  ],
  [
    'of two entries',
    'recipe: directory\nentries:\n  - { name: a, recipe: sql, query: SELECT 1 }\n  - { name: a, recipe: sql, query: SELECT 2 }',
    'bad-name',
    '3:3',
  ],
]
const TEMPLATES: readonly Door[] = [
  ['that name what is not there', 'recipe: text\ntemplate: |\n  a\n  {{ nothing }}', 'bad-template', '2:11'],
  [
    'that loop',
    "recipe: text\ntemplate: '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}'",
    'bad-template',
    '2:11',
  ],
  ['that recurse', "recipe: text\ntemplate: '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}'", 'bad-template', '2:11'],
  ['that grow', `recipe: text\ntemplate: "{{ 'x' * 17000000 }}"`, 'bad-template', '2:11'],
  ['that include files', `recipe: text\ntemplate: "{% include '/etc/passwd' %}"`, 'bad-template', '2:11'],
  ['that loop in a field', "recipe: sql\nquery: '{% for i in range(100000) %}x{% endfor %}'", 'bad-spec', '2:8'],
  [
    'that loop in a query of data',
    "recipe: text\ntemplate: x\ndata: { a: '{% for i in range(100000) %}x{% endfor %}' }",
    'bad-spec',
    '3:12',
  ],
]
const COLUMNS: readonly Door[] = [
  [
    'a time of text, reduced',
    'recipe: reduce\ninput: /text.csv\nname: x\nevery: [1h]\nvalues: [{ fn: avg }]',
    'bad-spec',
    '2:8',
  ],
  ['a time of text, across', "recipe: pivot\ninput: '/tex*.csv'\ncolumns: n", 'bad-spec', '2:8'],
  [
    'a time of text, joined',
    'recipe: join\ninputs:\n  - { glob: /days.csv, scope: A }\n  - { glob: /text.csv, scope: B }',
    'bad-spec',
    '4:13',
  ],
  ['a time of text, of a series', "recipe: sql\nseries: timestamp\nquery: FROM '/text.csv'", 'bad-spec', '2:9'],
  ['a time that is not there', "recipe: sql\nseries: nothing\nquery: FROM '/days.csv'", 'bad-spec', '2:9'],
  [
    'a time that is not there, across',
    "recipe: pivot\ntime: nothing\ninput: '/day*.csv'\ncolumns: n",
    'bad-spec',
    '2:7',
  ],
  ['columns that are not there, across', "recipe: pivot\ninput: '/day*.csv'\ncolumns: nothing", 'bad-spec', '3:10'],
  [
    'columns that are not there, reduced',
    'recipe: reduce\ninput: /days.csv\nname: x\nevery: [1h]\nvalues: [{ fn: avg, columns: nothing }]',
    'bad-spec',
    '5:30',
  ],
  [
    'scopes that differ by case',
    'recipe: join\ninputs:\n  - { glob: /days.csv, scope: A }\n  - { glob: /days.csv, scope: a }',
    'bad-spec',
    '3:3',
  ],
  [
    'names that come to differ by case',
    'recipe: sql\ninputs: { a: { glob: /days.csv, rename: [{ from: n, to: TIMESTAMP }] } }',
    'bad-spec',
    '2:57',
  ],
  [
    'names that come to be the same',
    "recipe: sql\ninputs: { a: { glob: /days.csv, rename: [{ match: '.*', to: same }] } }",
    'bad-spec',
    '2:61',
  ],
  [
    'points of one name',
    "recipe: synthetic\nstart: '2026-01-01'\nend: '2026-01-02'\ninterval: 1h\npoints:\n  - { name: x, components: [{ type: line }] }\n  - { name: X, components: [{ type: line }] }",
    'bad-spec',
    '7:13',
  ],
  ['a range of no time', "recipe: sql\ninputs: { a: { glob: /days.csv, from: '2026-01-02' } }", 'bad-spec', '2:39'],
  [
    'columns of what is a text',
    "recipe: text\ntemplate: x\ninput: { glob: '/q/*.csv', columns: n }",
    'bad-spec',
    '3:28',
  ],
  [
    'a beginning that is no time',
    "recipe: synthetic\nstart: monday\nend: '2026-01-02'\ninterval: 1h\npoints: [{ name: x, components: [{ type: line }] }]",
    'bad-spec',
    '2:8',
  ],
  [
    'an end before the beginning',
    "recipe: synthetic\nstart: '2026-01-03'\nend: '2026-01-02'\ninterval: 1h\npoints: [{ name: x, components: [{ type: line }] }]",
    'bad-spec',
    '3:6',
  ],
  [
    'an hour that the clock leaves out',
    'recipe: reduce\ninput: /days.csv\nname: x\nzone: Europe/Berlin\norigin: 2026-03-29 02:30\nevery: [1h]\nvalues: [{ fn: avg }]',
    'bad-spec',
    '5:9',
  ],
  ['a moment before all', 'recipe: sql\ninputs: { a: { glob: /days.csv, at: head~99 } }', 'bad-spec', '2:37'],
]
const QUERIES: readonly Door[] = [
  ['that is none', 'recipe: sql\nquery: SELEC 1', 'query.syntax', '2:8'],
  ['of two statements', 'recipe: sql\nquery: SELECT 1; SELECT 2', 'query.not-allowed', '2:8'],
  ['that writes', 'recipe: sql\nquery: CREATE TABLE a (n INTEGER)', 'query.not-allowed', '2:8'],
  ['of a column that is not there', "recipe: sql\nquery: SELECT nothing FROM '/days.csv'", 'query.failed', '2:8'],
  ['of a file that is cut short', 'recipe: sql\ninputs: { a: /cut.json }', 'query.unreadable-file', '2:14'],
]
const DOORS: Readonly<Record<string, readonly Door[]>> = {
  reads: CYCLES,
  'lacks an input': INPUTS,
  'is never the same': NEVER_THE_SAME,
  'makes names': NAMES,
  'has templates': TEMPLATES,
  'has columns or times': COLUMNS,
  'has a query': QUERIES,
}

describe.each(Object.entries(DOORS))('A recipe that %s', (_, doors) => {
  let test: TestPond
  beforeAll(async () => {
    test = await newPond()
    const { pond } = test
    const files: Record<string, string> = {
      '/days.csv': 'timestamp,n\n2026-01-01,1\n2026-01-02,2\n',
      '/text.csv': 'timestamp,n\nmonday,1\n',
      '/cut.json': '[{"n":1},{"n',
      '/q/a.csv': 'timestamp,n\n2026-01-01,1\n',
      '/q/b.csv': 'timestamp,n\n2026-01-01,1\n',
      '/fine.recipe.yaml': "recipe: sql\nquery: FROM '/days.csv'\n",
      '/ring/b.recipe.yaml': 'recipe: sql\ninputs: { y: /ring/c }\n',
      '/ring/c.recipe.yaml': 'recipe: sql\ninputs: { y: /x }\n',
      '/chain/n40.recipe.yaml': 'recipe: sql\nquery: SELECT 1 AS n\n',
    }
    for (let i = 0; i < 40; i++) files[`/chain/n${i}.recipe.yaml`] = `recipe: sql\nquery: FROM '/chain/n${i + 1}'\n`
    await pond.stage(async (fs) => {
      for (const [path, text] of Object.entries(files))
        await fs.put(path, await pond.prepare([Buffer.from(text)]), { parents: true })
      await fs.createSymlink('/link', '/x')
    })
    await pond.setConfig('views', { '/seen': '/x' })
  })
  afterAll(() => test[Symbol.asyncDispose]())

  const bytes = async (path: string): Promise<unknown> => {
    if ((await test.pond.stat(path)).fileType !== 'directory') return (await test.pond.open(path)).close()
    for (const { name } of await test.pond.list(path)) await bytes(`${path}/${name}`)
    return 'listed'
  }
  const made = async (): Promise<readonly string[]> =>
    (await readdir(join(test.folder, 'cache/derived')).catch(() => [])).filter((name) => name.endsWith('.parquet'))
  const told = (error: unknown): readonly string[] => {
    if (!isPondError(error)) return [String(error)]
    const { line, column, file } = (error.detail['recipe'] ?? { ...error.detail, file: 'x.recipe.yaml' }) as Record<
      string,
      unknown
    >
    return [error.code, `${String(file)} ${String(line)}:${String(column)}`]
  }

  it.each(doors)('%s', async (_, yaml, code, at) => {
    const { pond } = test
    const { version } = await pond.status()
    const content = await pond.prepare([Buffer.from(`${yaml}\n`.replace(/(=>|at:) 99/, `$1 ${version + 1}`))])
    await pond.stage((fs) => fs.put('/x.recipe.yaml', content, { replace: true }))
    await pond.commit({ message: 'another recipe' })
    const before = await made()
    const expected = [code.includes('.') ? code : `recipes.${code}`, at.includes(' ') ? at : `x.recipe.yaml ${at}`]
    expect(await bytes('/x').catch(told)).toEqual(expected)
    // In SQL, too, where it is no directory.
    if ((await pond.stat('/x')).fileType !== 'directory')
      expect(await test.rows("FROM '/x'").catch(told)).toEqual(expected)
    // Nothing is half done, and nobody else is disturbed.
    expect(await made()).toEqual(before)
    expect(await test.rows("SELECT count(*)::INTEGER FROM '/fine'")).toEqual([[2]])
    expect((await pond.list('/')).map(({ name }) => name)).toContain('x')
  })
})
