/** Recipes of every factory over the series of a history, and what each makes of them, told by a script or by hand. */
import { LETTERS, pathOf, type Letter, type Part, type State } from './history'
import type { Plain } from './plain'

/** What stands at a moment, and what should. */
export interface Seen {
  readonly state: State
  readonly plain: Plain
  /** A table of the pond has the rows, columns and types of a script. */
  isTable(path: string, script: string): Promise<void>
  isText(path: string, text: string): Promise<void>
  /** What a directory holds, in any order. */
  holds(path: string, names: readonly string[]): Promise<void>
  /** Reading it as a table, and as bytes, fails by one of these codes. */
  fails(path: string, ...codes: readonly string[]): Promise<void>
}

export interface Case {
  readonly factory: string
  readonly recipes: (least: number) => Readonly<Record<string, string>>
  /** The tables `a`, `b` and `c` of the script are there where the series are, with a column `r` that numbers their rows. */
  readonly check: (seen: Seen) => Promise<void>
}

interface Column {
  readonly name: string
  readonly isNumber: boolean
  readonly isInteger: boolean
}

function columnsOf(parts: readonly Part[]): readonly Column[] {
  return [
    { name: 'level', isNumber: true, isInteger: false },
    { name: 'n', isNumber: true, isInteger: !parts.some(({ isFractional }) => isFractional) },
    { name: 'ph', isNumber: true, isInteger: false },
    ...(parts.some(({ hasNotes }) => hasNotes) ? [{ name: 'note', isNumber: false, isInteger: false }] : []),
  ]
}
const lettersOf = ({ series }: State): Letter[] => LETTERS.filter((letter) => series.has(letter))
const partsOf = (state: State): Part[] => lettersOf(state).flatMap((letter) => state.series.get(letter) ?? [])
const all = (letters: readonly string[]): string =>
  `(${letters.map((letter) => `SELECT * FROM ${letter}`).join(' UNION ALL BY NAME ')})`

/** Of rows of one time the one with the greatest number. */
const newest = (from: string): string =>
  `(SELECT * FROM ${from} x WHERE timestamp IS NOT NULL AND NOT EXISTS
     (FROM ${from} y WHERE y.timestamp = x.timestamp AND y.r > x.r))`

const DAY = 'to_timestamp(floor(epoch(timestamp) / 86400) * 86400)'
const SIX_HOURS = 'to_timestamp(floor(epoch(timestamp) / 21600) * 21600)'
const ZONED = "date_trunc('day', timestamp AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin'"

/** One GROUP BY of what has a column `r`. */
function reduced(from: string, columns: readonly Column[], bucket: string): string {
  const values = (fn: string, of: readonly Column[], sql: (name: string, column: Column) => string): string[] =>
    of.map((column) => `${sql(`"${column.name}"`, column)} AS "${column.name}.${fn}"`)
  const numbers = columns.filter(({ isNumber }) => isNumber)
  const nth = (place: number) => (name: string) =>
    `(array_agg(${name} ORDER BY timestamp, r) FILTER (${name} IS NOT NULL))[${place}]`
  const selected = [
    ...values('avg', numbers, (name) => `avg(${name})`),
    ...values('stddev', numbers, (name) => `stddev_samp(${name})`),
    ...values('sum', numbers, (name, { isInteger }) => `sum(${name})${isInteger ? '::DECIMAL(38,0)' : ''}`),
    ...values('min', columns, (name) => `min(${name})`),
    ...values('max', columns, (name) => `max(${name})`),
    ...values('count', columns, (name) => `count(${name})`),
    ...values('first', columns, nth(1)),
    ...values('last', columns, nth(-1)),
  ]
  return `SELECT ${bucket} AS timestamp, ${selected.join(', ')} FROM ${from} WHERE timestamp IS NOT NULL GROUP BY 1 ORDER BY 1`
}
const FUNCTIONS = ['avg', 'stddev', 'sum', 'min', 'max', 'count', 'first', 'last']
const VALUES = `values: [${FUNCTIONS.map((fn) => `{ fn: ${fn} }`).join(', ')}]\n`
const ORDERLESS = VALUES.replace(', { fn: first }, { fn: last }', '')
const orderless = (sql: string): string => sql.replaceAll(/, \(array_agg[^[]*\[-?1\] AS "[^"]*"/g, '')

const warm = (least: number): string => `recipe: sql
series: timestamp
vars: { least: ${least} }
inputs: { r: /raw/*.series }
query: SELECT timestamp, level * 2 AS twice, n, ph FROM r WHERE level > {{ least }} ORDER BY ALL
`
const warmScript = (letters: readonly string[], least: number): string =>
  `SELECT timestamp, level * 2 AS twice, n, ph FROM ${all(letters)} WHERE level > ${least}`

/** Each scope beside the others, at every time that one of them has. */
function beside(
  scopes: readonly { readonly name: string; readonly rows: string; readonly columns: readonly string[] }[],
): string {
  if (scopes.length === 0) return 'SELECT NULL::TIMESTAMP AS timestamp WHERE false'
  const times = scopes.map(({ rows }) => `SELECT timestamp FROM ${rows}`).join(' UNION ')
  const columns = scopes.flatMap((scope, i) =>
    scope.columns.map((column) => `s${i}."${column}" AS "${scope.name}.${column}"`),
  )
  const joins = scopes.map(({ rows }, i) => `LEFT JOIN ${rows} s${i} ON s${i}.timestamp = t.timestamp`)
  return `SELECT t.timestamp, ${columns.join(', ')} FROM (${times}) t ${joins.join(' ')} ORDER BY 1`
}

const MISSING = ['recipes.no-input', 'query.no-such-file', 'tinyfs.not-found']

const SQL: Case = {
  factory: 'sql',
  recipes: (least) => ({
    '/warm.recipe.yaml': warm(least),
    '/days.recipe.yaml': `recipe: sql
query: |
  SELECT date_trunc('day', timestamp) AS day, count(*) AS rows, sum(n)::DOUBLE AS n, max(ph) AS ph, min(twice) AS least FROM '/warm'
  GROUP BY 1 ORDER BY 1
`,
    '/some.recipe.yaml': `recipe: sql
series: timestamp
inputs:
  r:
    glob: /raw/*.series
    exclude: /raw/b.series
    columns: [n, "l*l"]
    from: "2025-02-01"
    to: "2026-06-01"
    rename: [{ from: n, to: count, cast: VARCHAR }, { match: "^le(v)(.*)$", to: "$2$1" }]
query: FROM r ORDER BY ALL
`,
  }),
  async check({ state, isTable, fails }) {
    const letters = lettersOf(state)
    if (letters.length === 0) await fails('/warm', ...MISSING)
    else {
      const rows = warmScript(letters, state.least)
      await isTable('/warm', `${rows} ORDER BY ALL`)
      await isTable(
        '/days',
        `SELECT date_trunc('day', timestamp) AS day, count(*) AS rows, sum(n)::DOUBLE AS n, max(ph) AS ph, min(twice) AS least FROM (${rows}) GROUP BY 1 ORDER BY 1`,
      )
    }
    const others = letters.filter((letter) => letter !== 'b')
    if (others.length === 0) await fails('/some', ...MISSING)
    else
      await isTable(
        '/some',
        `SELECT timestamp, level AS elv, n::VARCHAR AS count FROM ${all(others)}
         WHERE timestamp >= '2025-02-01' AND timestamp < '2026-06-01' ORDER BY ALL`,
      )
  },
}

const JOIN: Case = {
  factory: 'join',
  recipes: () => ({
    ...Object.fromEntries(
      ['full', 'left'].map((kind) => [
        `/${kind}.recipe.yaml`,
        `recipe: join
kind: ${kind}
inputs:
  - { glob: /raw/a.series, scope: A, columns: [level, "n*"], from: "2025-02-01" }
  - { glob: /raw/b.series, scope: B, columns: level, rename: [{ from: level, to: height, cast: FLOAT }] }
  - { glob: /raw/c.series, scope: A, to: "2026-01-01" }
`,
      ]),
    ),
  }),
  async check({ state: { series }, isTable, fails }) {
    if (LETTERS.some((letter) => !series.has(letter))) return fails('/full', ...MISSING)
    const notes = (letter: Letter): string[] => (columnsOf(series.get(letter)!).length > 3 ? ['note'] : [])
    const ofA = ['level', 'n', ...notes('a')]
    const own = ['level', 'n', 'ph', ...notes('c')]
    const united = [...ofA, ...own.filter((column) => !ofA.includes(column))]
    // What stands later in the list is newer.
    const both = `(SELECT timestamp, ${ofA.join(', ')}, r FROM a WHERE timestamp >= '2025-02-01'
      UNION ALL BY NAME SELECT timestamp, ${own.join(', ')}, r + 1000000000 AS r FROM c WHERE timestamp < '2026-01-01')`
    const scopes = [
      { name: 'A', rows: newest(both), columns: united },
      { name: 'B', rows: newest('(SELECT timestamp, level::FLOAT AS height, r FROM b)'), columns: ['height'] },
    ]
    await isTable('/full', beside(scopes))
    await isTable(
      '/left',
      `SELECT * FROM (${beside(scopes)}) WHERE timestamp IN (SELECT timestamp FROM ${scopes[0]!.rows})`,
    )
  },
}

const PIVOT: Case = {
  factory: 'pivot',
  recipes: () => ({
    '/across.recipe.yaml': 'recipe: pivot\ninput: /raw/*.series\ncolumns: [level, n*]\n',
    '/later.recipe.yaml':
      'recipe: pivot\ninput: { glob: /raw/*.series, exclude: "/raw/[cd]*", from: "2025-03-05" }\ncolumns: ph\n',
  }),
  async check({ state, isTable }) {
    const letters = lettersOf(state)
    const scope = (letter: Letter, from = '2000-01-01') => ({
      name: letter,
      rows: newest(`(FROM ${letter} WHERE timestamp >= '${from}')`),
      columns: ['level', 'n', ...(columnsOf(state.series.get(letter)!).length > 3 ? ['note'] : [])],
    })
    await isTable('/across', beside(letters.map((letter) => scope(letter))))
    const others = letters.filter((letter) => letter !== 'c')
    await isTable('/later', beside(others.map((letter) => ({ ...scope(letter, '2025-03-05'), columns: ['ph'] }))))
  },
}

const REDUCE: Case = {
  factory: 'reduce',
  recipes: (least) => ({
    '/warm.recipe.yaml': warm(least),
    '/across.recipe.yaml': 'recipe: pivot\ninput: /raw/*.series\ncolumns: [level, ph]\n',
    '/low.recipe.yaml': `recipe: reduce\ninput: /raw/*.series\nevery: [1d, 6h]\n${VALUES}`,
    '/zoned.recipe.yaml': `recipe: reduce\ninput: /raw/a.series\nname: x\nevery: [1d]\nzone: Europe/Berlin\n${VALUES}`,
    '/lowwarm.recipe.yaml': `recipe: reduce\ninput: /warm\nname: x\nevery: [6h, 1d]\n${ORDERLESS}`,
    '/lowacross.recipe.yaml': `recipe: reduce\ninput: /across\nname: x\nevery: [1d]\n${ORDERLESS}`,
  }),
  async check({ state, isTable, holds, fails }) {
    const letters = lettersOf(state)
    await holds('/low', letters)
    for (const letter of letters) {
      const columns = columnsOf(state.series.get(letter)!)
      if (letter !== 'b') await isTable(`/low/${letter}/res=1d.series`, reduced(letter, columns, DAY))
      if (letter !== 'c') await isTable(`/low/${letter}/res=6h.series`, reduced(letter, columns, SIX_HOURS))
      if (letter === 'a') await isTable('/zoned/x/res=1d.series', reduced('a', columns, ZONED))
    }
    if (letters.length === 0) return fails('/lowwarm/x/res=1d.series', ...MISSING)
    const [level, n, ph] = columnsOf(partsOf(state)) as [Column, Column, Column]
    const rows = `(SELECT *, 0 AS r FROM (${warmScript(letters, state.least)}))`
    const warmed = orderless(reduced(rows, [{ ...level, name: 'twice' }, n, ph], SIX_HOURS))
    await isTable('/lowwarm/x/res=6h.series', warmed)
    const scopes = letters.map((letter) => ({ name: letter, rows: newest(letter), columns: ['level', 'ph'] }))
    const across = letters.flatMap((letter) =>
      [level, ph].map((column) => ({ ...column, name: `${letter}.${column.name}` })),
    )
    const joined = `(SELECT *, 0 AS r FROM (${beside(scopes)}))`
    await isTable('/lowacross/x/res=1d.series', orderless(reduced(joined, across, DAY)))
  },
}

const TEXT: Case = {
  factory: 'text',
  recipes: (least) => ({
    '/all.txt': `above ${least}: {% for row in data.x %}{{ row.letter }} {{ row.rows }}\n{% endfor %}`,
    '/all.md.recipe.yaml': `recipe: text
template_file: /all.txt
data:
  x: >-
    SELECT replace(note, 'note ', 'letter ') AS letter, count(*)::INTEGER AS rows
    FROM (SELECT n, CASE WHEN level > ${least} THEN 'note 1' ELSE 'note 2' END AS note FROM '/raw/*.series')
    GROUP BY 1 ORDER BY 1
`,
    '/pages.recipe.yaml': `recipe: text
input: /raw/*.series
vars: { least: ${least} }
data: { n: "SELECT count(*)::INTEGER AS rows, max(level * 8)::INTEGER AS top FROM '{{ path }}' WHERE level > {{ least }}" }
template: |
  {{ c[0] }} at {{ path }} of{% for f in files %} {{ f.c[0] }}{% endfor %}
  {{ data.n[0].rows }} above {{ least }}, {{ data.n[0].top }}
  {% for f in schema.fields %}{{ f.column }} {{ f.type }};{% endfor %}
`,
  }),
  async check({ state, isText, holds, fails }) {
    const { series, least } = state
    const letters = lettersOf(state)
    await holds(
      '/pages',
      letters.map((letter) => `${letter}.md`),
    )
    for (const letter of letters) {
      const parts = series.get(letter)!
      const above = parts
        .flatMap(({ rows }) => rows)
        .flatMap(({ level: l }) => (l !== null && l > least ? [l * 8] : []))
      const types = columnsOf(parts).map(
        ({ name, isInteger }) => `${name} ${name === 'note' ? 'VARCHAR' : isInteger ? 'BIGINT' : 'DOUBLE'};`,
      )
      await isText(
        `/pages/${letter}.md`,
        `${letter} at ${pathOf(letter)} of ${letters.join(' ')}
${above.length} above ${least}, ${above.length === 0 ? 'none' : Math.max(...above)}
timestamp TIMESTAMP WITH TIME ZONE;${types.join('')}
`,
      )
    }
    if (letters.length === 0) return fails('/all.md', ...MISSING)
    const rows = [...series.values()].flat().flatMap((part) => part.rows)
    const above = rows.filter(({ level: l }) => l !== null && l > least).length
    const lines = [above, rows.length - above].map((count, i) => (count === 0 ? '' : `letter ${i + 1} ${count}\n`))
    await isText('/all.md', `above ${least}: ${lines.join('')}`)
  },
}

const DIRECTORY: Case = {
  factory: 'directory',
  recipes: (least) => ({
    '/by.recipe.yaml': `recipe: directory
for_each: /raw/*.series
vars: { least: ${least} }
entries:
  - { name: "$0-warm", recipe: sql, inputs: { r: "{{ path }}" }, query: "SELECT timestamp, level FROM r WHERE level > {{ least }} ORDER BY ALL" }
  - { name: "$0.md", recipe: text, data: { n: "SELECT count(*)::INTEGER AS n FROM '{{ path }}'" }, template: "$0: {{ data.n[0].n }} of {{ least }}" }
  - { name: "$0", recipe: reduce, input: "{{ path }}", every: [1d], values: [{ fn: max, columns: [level, ph] }] }
`,
    '/list.recipe.yaml': `recipe: directory
for_each: [b, c]
entries: [{ name: "only-$0", recipe: sql, query: "SELECT count(*) AS n, '$0' AS letter FROM '/raw/$0.series'" }]
`,
  }),
  async check({ state, isTable, isText, holds, fails }) {
    const { series, least } = state
    const letters = lettersOf(state)
    await holds(
      '/by',
      letters.flatMap((letter) => [letter, `${letter}-warm`, `${letter}.md`]),
    )
    for (const letter of letters) {
      await isTable(`/by/${letter}-warm`, `SELECT timestamp, level FROM ${letter} WHERE level > ${least} ORDER BY ALL`)
      const rows = series.get(letter)!.flatMap((part) => part.rows).length
      await isText(`/by/${letter}.md`, `$0: ${rows} of ${least}`)
      await holds(`/by/${letter}`, [letter])
      await isTable(
        `/by/${letter}/${letter}/res=1d.series`,
        `SELECT ${DAY} AS timestamp, max(level) AS "level.max", max(ph) AS "ph.max" FROM ${letter} WHERE timestamp IS NOT NULL GROUP BY 1 ORDER BY 1`,
      )
    }
    await holds('/list', ['only-b', 'only-c'])
    for (const letter of ['b', 'c'] as const) {
      if (series.has(letter))
        await isTable(`/list/only-${letter}`, `SELECT count(*) AS n, '${letter}' AS letter FROM ${letter}`)
      else await fails(`/list/only-${letter}`, ...MISSING)
    }
  },
}

const SYNTHETIC: Case = {
  factory: 'synthetic',
  recipes: (least) => ({
    '/waves.recipe.yaml': `recipe: synthetic
start: "2026-01-01"
end: "2026-01-03"
interval: 17m
points:
  - { name: tide, components: [{ type: sine, amplitude: 1.5, period: 12h, offset: ${least} }, { type: sine, amplitude: 0.2, period: 1d, phase: 3600 }] }
  - { name: saw, components: [{ type: triangle, amplitude: 3, period: 8h, phase: 77 }] }
  - { name: pump, components: [{ type: square, amplitude: 0.5, period: 6h, offset: 0.5 }] }
  - { name: drift, components: [{ type: line, slope: 0.001, offset: ${least} }] }
`,
  }),
  async check({ state: { least }, isTable }) {
    // The part of a wave that has passed, in whole seconds: exact.
    const passed = (seconds: number, phase = 0): string => `((x + ${phase}) % ${seconds})::DOUBLE / ${seconds}`
    const sine = (seconds: number, phase = 0): string => `sin(2 * pi() * ${passed(seconds, phase)})`
    const quarters = `4 * ${passed(28_800, 77)}`
    await isTable(
      '/waves',
      `SELECT t AS timestamp, ${least} + 1.5::DOUBLE * ${sine(43_200)} + 0.2::DOUBLE * ${sine(86_400, 3_600)} AS tide,
         3 * CASE WHEN ${quarters} < 1 THEN ${quarters} WHEN ${quarters} < 3 THEN 2 - ${quarters} ELSE ${quarters} - 4 END AS saw,
         CASE WHEN x % 21600 < 10800 THEN 1 ELSE 0 END::DOUBLE AS pump, ${least} + 0.001::DOUBLE * x AS drift
       FROM (SELECT t, epoch_us(t) // 1000000 AS x FROM generate_series(TIMESTAMP '2026-01-01', TIMESTAMP '2026-01-03', INTERVAL '17 minutes') g(t))
       ORDER BY 1`,
    )
  },
}

export const CASES: readonly Case[] = [SQL, JOIN, PIVOT, REDUCE, TEXT, DIRECTORY, SYNTHETIC]
