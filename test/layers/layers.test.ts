import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkLayers, type Rule } from './check'
import { sourcePaths } from './files'
import { HOUSES } from './rooms'
import { ZONES } from './table'

/** The rules that one line at `path` breaks. */
function broken(path: string, text: string): Rule[] {
  return checkLayers([{ path, text }]).map(({ rule }) => rule)
}

describe('the source of this product', () => {
  it('keeps the import table', () => {
    const files = sourcePaths().map((path) => ({ path, text: readFileSync(path, 'utf8') }))
    expect(files.length).toBeGreaterThan(20)
    expect(checkLayers(files)).toEqual([])
  })
})

describe('a planted violation', () => {
  const refused: readonly (readonly [string, string, string, Rule])[] = [
    ['an import upward', 'src/main/oplog/log.ts', `import { Steward } from '../steward'`, 'direction'],
    ['tinyfs that knows oplog', 'src/main/tinyfs/node.ts', `import type { Row } from '../oplog'`, 'direction'],
    ['oplog that knows tinyfs', 'src/main/oplog/log.ts', `export { glob } from '../tinyfs'`, 'direction'],
    ['query that knows steward', 'src/main/query/run.ts', `const s = await import('../steward')`, 'direction'],
    ['steward that knows query', 'src/main/steward/commit.ts', `export * from '../query'`, 'direction'],
    [
      'a host that reaches into the engine',
      'src/main/cli/commands/ls.ts',
      `import { view } from '../../tlogfs'`,
      'direction',
    ],
    ['a host that takes platform whole', 'src/main/web/serve.ts', `import { World } from '../platform'`, 'direction'],
    [
      'the engine that takes the real disk',
      'src/main/steward/lock.ts',
      `import { nodeWorld } from '../platform/node'`,
      'direction',
    ],
    ['the web host that knows the command line', 'src/main/web/serve.ts', `import { main } from '../cli'`, 'direction'],
    ['shared code that knows a runtime', 'src/shared/model.ts', `type T = import('../main/api').Api`, 'direction'],
    ['a page that knows the engine', 'src/renderer/ui/grid.tsx', `import { x } from '../../main/api'`, 'direction'],
    [
      'features that know each other',
      'src/renderer/features/sql/console.tsx',
      `import { Tree } from '../files'`,
      'direction',
    ],
    [
      'ui with pond knowledge',
      'src/renderer/ui/grid.tsx',
      `import { useCursor } from '../session/cursor'`,
      'direction',
    ],
    ['a layer entered past its index', 'src/main/tlogfs/view.ts', `import { Log } from '../oplog/log'`, 'entry'],
    ['the pond entered past its index', 'src/main/api/files.ts', `import { x } from '../pond/sql/source'`, 'entry'],
    [
      'a feature entered past its index',
      'src/renderer/app/shell.tsx',
      `import { Tree } from '../features/files/tree'`,
      'entry',
    ],
    ['Electron in the command line', 'src/main/cli/commands/app.ts', `import { app } from 'electron'`, 'package'],
    ['Node in shared code', 'src/shared/path.ts', `import { sep } from 'node:path'`, 'package'],
    [
      'DuckDB in the page',
      'src/renderer/session/query.ts',
      `import { DuckDBInstance } from '@duckdb/node-api'`,
      'package',
    ],
    ['logic in the preload', 'src/preload/index.ts', `const fs = require('node:fs')`, 'package'],
    [
      'the contract as code in the page',
      'src/renderer/connect/index.ts',
      `import { contract } from '../../shared/contract'`,
      'types-only',
    ],
    ['a file of no layer', 'src/main/util/strings.ts', `export const x = 1`, 'no-zone'],
    ['an extension in a specifier', 'src/main/oplog/log.ts', `import { a } from './action.ts'`, 'extension'],
  ]

  it.each(refused)('is refused: %s', (_name, path, text, rule) => {
    expect(broken(path, text)).toEqual([rule])
  })

  it('is named with its line', () => {
    const [violation] = checkLayers([{ path: 'src/main/oplog/log.ts', text: `const a = 1\n\nimport '../query'\n` }])
    expect(violation).toMatchObject({ file: 'src/main/oplog/log.ts', line: 3, rule: 'direction' })
  })
})

describe('the drawing in docs/architecture.md', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/architecture.md'), 'utf8')

  it('has every folder of the sources that is a layer', () => {
    const folders = ZONES.map(({ at }) => at).filter((at) => /^src\/main\/[\w-]+$/.test(at) && at !== 'src/main/index')
    expect(folders.filter((at) => !page.includes(`\`${at}\``) && !page.includes(`\`${at.slice(9)}\``))).toEqual([])
  })

  it.each(Object.entries(HOUSES))('has the rooms of %s, and no other', (layer, { rooms }) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${layer}\` | `)) ?? ''
    const drawn = (row.split(' | ')[1] ?? '').replaceAll(/\([^)]*\)/g, '')
    const names = [...drawn.matchAll(/`([\w-]+)`/g)].map(([, room]) => room)
    expect(new Set(names)).toEqual(new Set(Object.keys(rooms)))
  })
})

describe('a room', () => {
  const rooms = Object.entries(HOUSES).flatMap(([layer, { rooms }]) =>
    Object.entries(rooms).map(([room, known]) => ({ layer, room, known, all: Object.keys(rooms) })),
  )

  it.each(rooms)('$layer/$room may load those that it stands on, and no other', ({ layer, room, known, all }) => {
    for (const other of all.filter((name) => name !== room)) {
      const path = `src/main/${layer}/${room}/planted.ts`
      expect(broken(path, `import { x } from '../${other}/x'`)).toEqual(known.includes(other) ? [] : ['room'])
      expect(broken(path, `import type { X } from '../${other}/x'`)).toEqual([])
    }
  })

  it.each(rooms)('$layer/$room may not load what stands beside the rooms', ({ layer, room }) => {
    expect(broken(`src/main/${layer}/${room}/planted.ts`, `import { x } from '../planted'`)).toEqual(['room'])
  })

  it.each(Object.keys(HOUSES))('of %s that the table does not name is refused', (layer) => {
    expect(broken(`src/main/${layer}/attic/planted.ts`, `import { x } from '../x'`)).toEqual(['room'])
  })

  it('is what each folder of a layer is', () => {
    const found = sourcePaths().flatMap(
      (path) => /^src\/main\/([^/]+)\/([^/]+)\//.exec(path)?.slice(1, 3).join('/') ?? [],
    )
    const folders = new Set(found.filter((path) => HOUSES[path.split('/')[0]!] && !path.endsWith('/testing')))
    expect([...folders].sort()).toEqual(rooms.map(({ layer, room }) => `${layer}/${room}`).sort())
  })
})

describe('files that load each other', () => {
  const a = { path: 'src/shared/a.ts', text: `import { b } from './b'` }
  const b = { path: 'src/shared/b.ts', text: `import { c } from './c'` }

  it('are named, once', () => {
    const c = { path: 'src/shared/c.ts', text: `import { a } from './a'` }
    expect(checkLayers([a, b, c])).toEqual([
      {
        rule: 'circle',
        file: a.path,
        line: 1,
        message: `these files load each other: ${a.path}, ${b.path}, ${c.path}`,
      },
    ])
  })

  it.each([`import type { a } from './a'`, `const a = () => import('./a')`])('are not those with %s', (text) => {
    expect(checkLayers([a, b, { path: 'src/shared/c.ts', text }])).toEqual([])
  })
})

describe('a file of more than 350 lines', () => {
  const long = 'export {}\n'.repeat(351)

  it.each(['src/shared/long.ts', 'src/shared/long.test.ts', 'src/renderer/ui/long.module.css'])(
    'is refused: %s',
    (path) => {
      expect(broken(path, long)).toEqual(['length'])
      expect(broken(path, `/** What it is about. */\n${long}`)).toEqual(['length'])
      expect(broken(path, `${long}/** Longer than 350 lines because it ends so. */`)).toEqual(['length'])
      expect(broken(path, long.slice('export {}\n'.length))).toEqual([])
    },
  )

  it('says why in its header', () => {
    const reasons = [
      '/** A. Longer than 350 lines because so. */',
      '/**\n * Longer than 350\n * lines because so.\n */',
    ]
    for (const reason of reasons) expect(broken('src/shared/long.ts', `${reason}\n${long}`)).toEqual([])
  })
})

describe('what the table allows', () => {
  const allowed: readonly (readonly [string, string])[] = [
    ['src/main/tlogfs/view.ts', `import { Log } from '../oplog'\nimport { resolve } from '../tinyfs'`],
    ['src/main/oplog/log.ts', `import { action } from './action'\nimport type { Storage } from '../platform'`],
    [
      'src/main/cli/commands/ls.ts',
      `import { openPond } from '../../pond'\nimport { nodeWorld } from '../../platform/node'`,
    ],
    ['src/main/cli/commands/serve.ts', `const { serve } = await import('../../web')`],
    ['src/main/index.ts', `import { start } from './electron'\nimport { app } from 'electron'`],
    ['src/main/tlogfs/view.test.ts', `import { simWorld } from '../platform/sim'\nimport { Row } from '../oplog/row'`],
    ['src/renderer/app/shell.tsx', `import { Files } from '../features/files'\nimport { Grid } from '../ui/grid'`],
    ['src/renderer/connect/index.ts', `import type { Api } from '../../shared/contract'`],
    ['src/shared/model.ts', `// import '../main/query'\nconst text = "from '../main/api'"`],
  ]

  it.each(allowed)('passes in %s', (path, text) => {
    expect(broken(path, text)).toEqual([])
  })
})

describe('the rules about clocks and chance', () => {
  const ENGINE = [
    'diagnostics',
    'platform',
    'tinyfs',
    'tables',
    'oplog',
    'tlogfs',
    'steward',
    'query',
    'recipes',
    'pond',
  ]

  it('hold for every layer of the engine, wherever it has moved to', () => {
    expect(ZONES.map(({ name }) => name)).toEqual(expect.arrayContaining(ENGINE))
    const folder = mkdtempSync(join(tmpdir(), 'duckpond-lint-'))
    try {
      copyFileSync(resolve('.oxlintrc.json'), join(folder, '.oxlintrc.json'))
      for (const layer of ENGINE) {
        const path = join(folder, 'src/main', layer, 'inside/planted.ts')
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, 'export const late = Date.now() + Math.random()\n')
      }
      const oxlint = resolve('node_modules/oxlint/bin/oxlint')
      const { stdout } = spawnSync(process.execPath, [oxlint, '--format', 'unix'], { cwd: folder, encoding: 'utf8' })
      const named = (layer: string) => stdout.split('\n').filter((line) => line.includes(`src/main/${layer}/inside/`))
      for (const layer of ENGINE) expect(named(layer), layer).toHaveLength(2)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('the script that `npm run check` runs', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'duckpond-layers-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('fails on a planted file and names it', () => {
    const planted = join(folder, 'src/main/oplog/bad.ts')
    mkdirSync(dirname(planted), { recursive: true })
    writeFileSync(planted, `import { Steward } from '../steward'\n`)
    const tsx = resolve('node_modules/tsx/dist/cli.mjs')
    const run = spawnSync(process.execPath, [tsx, resolve('scripts/layers.ts')], { cwd: folder, encoding: 'utf8' })
    expect(run.status).toBe(1)
    expect(run.stderr).toContain('src/main/oplog/bad.ts:1: direction: oplog may not import steward')
  })
})
