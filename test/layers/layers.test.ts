import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkLayers, type Rule } from './check'
import { sourcePaths } from './files'

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
    ['a layer entered past its index', 'src/main/tlogfs/view.ts', `import { Log } from '../oplog/log'`, 'door'],
    ['wiring entered past pond.ts', 'src/main/api/files.ts', `import { x } from '../query-source'`, 'door'],
    [
      'a feature entered past its index',
      'src/renderer/app/shell.tsx',
      `import { Tree } from '../features/files/tree'`,
      'door',
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
      'src/renderer/connect.ts',
      `import { contract } from '../shared/contract'`,
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
    ['src/renderer/connect.ts', `import type { Api } from '../shared/contract'`],
    ['src/shared/model.ts', `// import '../main/query'\nconst text = "from '../main/api'"`],
  ]

  it.each(allowed)('passes in %s', (path, text) => {
    expect(broken(path, text)).toEqual([])
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
