/**
 * The projects that tests are run by, for vitest's configuration and for the check of promises. A test
 * beside the source is of `unit`; one below `test/` is of the project that has its folder, else of `system`.
 */

export interface Project {
  readonly name: string
  /** Patterns of its files under the checkout. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /**
   * Whether its files share a process, and what it has loaded: half the time for small files. Not for
   * projects of few files, which measure their process or change it.
   */
  readonly isShared: boolean
  /** Whether `npm test` runs it. Others take minutes, or need what `npm ci` does not bring: `.ci/run` runs them. */
  readonly isQuick: boolean
  /** Of one test, and of one hook. */
  readonly timeoutMs: number
}

/** Folders below `test/` of the projects that are not `system`. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  scale: ['scale'],
  built: ['cli', 'library', 'processes'],
  model: ['model'],
  memory: ['memory'],
  long: ['long'],
  torture: ['torture'],
  interop: ['interop'],
}
const testsIn = (folder: string): string => `test/${folder}/**/*.test.ts`
const includedBy = (name: string): readonly string[] => (FOLDERS[name] ?? []).map(testsIn)

const quick = { exclude: [], isShared: false, isQuick: true, timeoutMs: 60_000 }
const heavy = { exclude: [], isShared: false, isQuick: false, timeoutMs: 600_000 }

export const PROJECTS: readonly Project[] = [
  { ...quick, name: 'unit', include: ['src/**/*.test.{ts,tsx}'], isShared: true, timeoutMs: 20_000 },
  {
    ...quick,
    name: 'system',
    include: ['test/**/*.test.ts'],
    exclude: Object.values(FOLDERS).flat().map(testsIn),
    isShared: true,
  },
  { ...quick, name: 'scale', include: includedBy('scale'), isShared: true },
  { ...quick, name: 'built', include: includedBy('built') },
  ...['model', 'memory', 'long', 'torture', 'interop'].map((name) => ({ ...heavy, name, include: includedBy(name) })),
]

/** The project of a test file, by its path under the checkout; undefined for what vitest does not run. */
export function projectOf(path: string): Project | undefined {
  const [top, folder = ''] = path.split('/')
  if (top !== 'src' && top !== 'test') return undefined
  const named = Object.keys(FOLDERS).find((name) => FOLDERS[name]!.includes(folder)) ?? 'system'
  return PROJECTS.find(({ name }) => name === (top === 'src' ? 'unit' : named))
}
