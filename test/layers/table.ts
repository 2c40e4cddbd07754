/**
 * The import table of the product as data: which zone a file belongs to, which zones it may import,
 * and how each is entered. `check.ts` applies it; docs/architecture.md draws it.
 */

export interface Zone {
  readonly name: string
  /** Path under the checkout: of a folder (everything in it) or of a file without its extension. */
  readonly at: string
  /** Names of the zones it may import, itself aside. */
  readonly mayImport: readonly string[]
  /** `index`: others enter by its index file only. `open`: others may import any of its files. */
  readonly entry: 'index' | 'open'
  /** Packages and builtins, by prefix, that are not for this zone. */
  readonly bans: readonly string[]
}

/** Each layer of the engine, with the layers it stands on. */
const ENGINE: Readonly<Record<string, readonly string[]>> = {
  diagnostics: ['shared'],
  platform: ['diagnostics', 'shared'],
  tinyfs: ['platform', 'diagnostics', 'shared'],
  tables: ['platform', 'diagnostics', 'shared'],
  oplog: ['tables', 'platform', 'diagnostics', 'shared'],
  tlogfs: ['tinyfs', 'oplog', 'tables', 'platform', 'diagnostics', 'shared'],
  steward: ['tlogfs', 'tinyfs', 'oplog', 'tables', 'platform', 'diagnostics', 'shared'],
  recipes: ['recipes/templates', 'tinyfs', 'tables', 'platform', 'diagnostics', 'shared'],
  query: ['tlogfs', 'tinyfs', 'oplog', 'tables', 'platform', 'diagnostics', 'shared'],
}
const HOST = ['pond', 'api', 'platform/node', 'diagnostics', 'shared']

const engine = Object.entries(ENGINE).map(([name, mayImport]): Zone => ({
  name,
  at: `src/main/${name}`,
  mayImport,
  entry: 'index',
  bans: ['electron'],
}))
const host = (name: string, more: readonly string[], bans: readonly string[]): Zone => ({
  name,
  at: `src/main/${name}`,
  mayImport: [...HOST, ...more],
  entry: 'index',
  bans,
})

const BROWSER = ['node:', 'electron', '@duckdb/', 'parquet-wasm', 'fs-native-extensions']

/** The more specific zone comes first: a file belongs to the first that holds it. */
export const ZONES: readonly Zone[] = [
  { name: 'shared', at: 'src/shared', mayImport: [], entry: 'open', bans: [...BROWSER, 'react'] },

  // Adapters of platform: chosen by hosts, never by the engine.
  {
    name: 'platform/node',
    at: 'src/main/platform/node',
    mayImport: ENGINE['platform']!.concat('platform'),
    entry: 'index',
    bans: ['electron'],
  },
  {
    name: 'platform/sim',
    at: 'src/main/platform/sim',
    mayImport: ENGINE['platform']!.concat('platform'),
    entry: 'index',
    bans: ['electron', 'node:fs'],
  },
  // A program of its own: what it needs of templates, it enters directly.
  {
    name: 'recipes/templates',
    at: 'src/main/recipes/templates',
    mayImport: ENGINE['platform']!.concat('platform'),
    entry: 'open',
    bans: ['electron'],
  },
  ...engine,
  {
    name: 'pond',
    at: 'src/main/pond',
    mayImport: ['query', 'recipes', 'steward', ...ENGINE['query']!],
    entry: 'index',
    bans: ['electron'],
  },
  {
    name: 'api',
    at: 'src/main/api',
    // Imports read folders of this machine, whatever the pond is kept on.
    mayImport: ['platform/node', 'pond', 'query', 'steward', ...ENGINE['query']!],
    entry: 'index',
    bans: ['electron'],
  },
  // Scripts enter the engine here: no contract, no bridge.
  {
    ...host('library', [], ['electron', '@orpc/', 'zod', 'commander']),
    mayImport: ['pond', 'platform/node', 'shared'],
  },
  // What hosts start as a process of its own.
  {
    name: 'query-process',
    at: 'src/main/query-process',
    mayImport: ['query', 'platform/node', 'platform', 'diagnostics', 'shared'],
    entry: 'index',
    bans: ['electron'],
  },
  {
    name: 'template-process',
    at: 'src/main/template-process',
    mayImport: ['recipes/templates', 'platform/node', 'platform', 'diagnostics', 'shared'],
    entry: 'index',
    bans: ['electron'],
  },
  host('web', [], ['electron']),
  host('cli', ['web'], ['electron']),
  // Only the entry beside it may import it, and that picks what must run before the rest is loaded.
  { ...host('electron', [], []), entry: 'open' },
  host('index', ['electron'], []),

  {
    name: 'preload',
    at: 'src/preload',
    mayImport: ['shared'],
    entry: 'index',
    bans: ['node:', 'react', 'zod', '@orpc/'],
  },

  { name: 'ui', at: 'src/renderer/ui', mayImport: ['shared'], entry: 'open', bans: BROWSER },
  { name: 'session', at: 'src/renderer/session', mayImport: ['shared', 'connect'], entry: 'open', bans: BROWSER },
  { name: 'connect', at: 'src/renderer/connect', mayImport: ['shared'], entry: 'open', bans: BROWSER },
  {
    name: 'app',
    at: 'src/renderer/app',
    mayImport: ['feature', 'session', 'ui', 'connect', 'shared'],
    entry: 'open',
    bans: BROWSER,
  },
  {
    name: 'main',
    at: 'src/renderer/main',
    mayImport: ['app', 'session', 'ui', 'connect', 'shared'],
    entry: 'open',
    bans: BROWSER,
  },
]

/** Every folder under features/ is a zone of its own, so that features cannot know each other. */
export const FEATURES = 'src/renderer/features'
export const featureZone = (feature: string): Zone => ({
  name: `features/${feature}`,
  at: `${FEATURES}/${feature}`,
  mayImport: ['session', 'ui', 'shared'],
  entry: 'index',
  bans: BROWSER,
})

/** Modules that the renderer and the preload may name as types only: their code is the server's. */
export const TYPES_ONLY_IN_PAGE: readonly string[] = ['src/shared/contract']
