/** What `npm run build` leaves, packed and installed into a project of somebody else. */
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newProject, type Project } from './installed'

const ROOT = join(import.meta.dirname, '../..')
const EXAMPLE = join(ROOT, 'examples/sensors.mjs')
const STORY = `
  const pond = await createPond('pond-of-' + kind)
  await pond.createFile('/a.csv', 'x\\n1\\n2\\n')
  const { version } = await pond.commit('first')
  const rows = await pond.queryHistory("SELECT max(x) AS n FROM '/a.csv'")
  let code
  try { await openPond('nowhere') } catch (error) { code = error instanceof PondError && error.code }
  await pond.close()
  console.log(JSON.stringify({ version, rows, code }))
`
const TOLD = { version: 1, rows: [{ n: 2 }], code: 'steward.not-a-pond' }

let project: Project
beforeAll(async () => {
  project = await newProject()
})
afterAll(() => project[Symbol.asyncDispose]())

describe('the packed product in a project', () => {
  it('is there by import', async () => {
    await project.write(
      'imports.mjs',
      `import { createPond, openPond, PondError } from 'duckpond'\nconst kind = 'import'\n${STORY}`,
    )
    expect(JSON.parse(await project.node(['imports.mjs']))).toEqual(TOLD)
  })

  it('is there by require', async () => {
    await project.write(
      'requires.cjs',
      `const { createPond, openPond, PondError } = require('duckpond')\nconst kind = 'require'\nvoid (async () => {${STORY}})()`,
    )
    expect(JSON.parse(await project.node(['requires.cjs']))).toEqual(TOLD)
  })

  it('outlives a file that ends DuckDB', async () => {
    await project.write(
      'deep.mjs',
      `import { createPond } from 'duckpond'
       const pond = await createPond('pond-of-deep')
       await pond.createFile('/deep.json', '['.repeat(50_000) + ']'.repeat(50_000))
       const query = (sql) => pond.queryWithPending(sql).catch(({ code }) => code)
       console.log(JSON.stringify([await query("FROM read_json('/deep.json')"), await query('SELECT 1 AS n')]))
       await pond.close()`,
    )
    expect(JSON.parse(await project.node(['deep.mjs']))).toEqual(['query.engine-crashed', [{ n: 1 }]])
  })

  it('does what the README and docs/library.md show first', async () => {
    for (const document of ['README.md', 'docs/library.md']) {
      const [, shown = ''] = /```js\n([\s\S]*?)```/.exec(await readFile(join(ROOT, document), 'utf8')) ?? []
      const folder = join(project.folder, document.replace('/', '-'))
      await project.write('shown.mjs', shown.replace("'/data/river'", JSON.stringify(folder)))
      expect(await project.node(['shown.mjs']), document).toBe("[ { id: 'N1', highest: 1.42 } ]\n")
    }
  })

  it('type-checks strictly, its declarations and the example included', async () => {
    await copyFile(EXAMPLE, join(project.folder, 'example.mjs'))
    await project.write(
      'typed.mts',
      [
        `import { openPond, type CommitOutcome, type Entry, type Row } from 'duckpond'`,
        `await using pond = await openPond('somewhere', { readOnly: true })`,
        `const entries: readonly Entry[] = await pond.listDirectory('/', { at: 'head' })`,
        `const outcome: CommitOutcome = await pond.commit({ message: entries[0]?.path ?? '' })`,
        `if (outcome.outcome === 'conflict') console.log(outcome.conflicts[0]?.reason)`,
        `const rows: Row[] = await pond.queryWithPending('SELECT 1 AS one')`,
        `for await (const row of await pond.query('SELECT 1 AS one')) console.log(row['one'], rows.length)`,
        `// @ts-expect-error there is no such option`,
        `await pond.readFile('/a', { att: 'head' })`,
        `// @ts-expect-error the engine behind it is not part of the face`,
        `pond.engine`,
      ].join('\n'),
    )
    await project.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          target: 'es2022',
          module: 'nodenext',
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
          allowJs: true,
          checkJs: true,
          noEmit: true,
          types: ['node'],
        },
        include: ['typed.mts', 'example.mjs'],
      }),
    )
    const checked = await project.node(['node_modules/typescript/bin/tsc', '-p', '.']).catch((error: unknown) => error)
    expect(checked).toBe('')
  })

  it('runs the worked example, which tells what it found', async () => {
    await copyFile(EXAMPLE, join(project.folder, 'example.mjs'))
    const told = await project.node(['example.mjs', join(project.folder, 'sensors')])
    expect(told).toMatchInlineSnapshot(`
      "appended 3 readings as version 1 of /river/levels
      pending: 3 operations
      version 1: 3 operations
        {"place":"north bridge","highest":1.51,"readings":3}
        {"place":"south weir","highest":9.9,"readings":2}
      in January: [ { highest: 1.51 } ]
      pending: modified /river/levels
      pending: modified /river/sensors.parquet
        {"change":"added","from_id":null,"to_id":"E1","from_height":null,"to_height":"10.00"}
        {"change":"modified","from_id":"S1","to_id":"S1","from_height":"9.75","to_height":"9.70"}
        {"version":1,"message":"Sensors, and the readings of January","operations":3}
        {"version":2,"message":"The readings of February","operations":1}
        {"version":3,"message":"Without February, whose weir gauge was broken; one more sensor","operations":2}
      readings of February, in version 2: 2
      exported 2 rows
      everything as it should be: true
      "
    `)
  })
})
