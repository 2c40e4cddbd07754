/**
 * Asks our tables of the Delta engines that are too big for every run: chdb, Spark and Trino. Fetches what it needs into
 * a cache folder (PyPI, Maven; some 2 GB), says what it could not get and leaves that engine out. Ends with a line
 * of counts. `npm run test:engines` for all, `npm run test:engines -- trino` for one; with `--short`, fewer versions.
 */
import { spawnSync } from 'node:child_process'

const BIG = ['chdb', 'pyspark', 'trino']
const KNOWN = [...BIG, 'deltalake', 'polars', 'duckdb']
const args = process.argv.slice(2)
const isShort = args.includes('--short')
const chosen = args.filter((arg) => arg !== '--short')
const unknown = chosen.filter((name) => !KNOWN.includes(name))
if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: expected some of ${KNOWN.join(', ')}, or --short`)
  process.exit(2)
}

// One file after the other: a Spark and a Trino at once want more memory than many machines have.
const options = ['--no-file-parallelism', '--reporter=verbose', '--reporter=./test/interop/summary.ts']
const files = ['interop', 'engines', 'vacuum'].map((name) => `test/interop/${name}.test.ts`)
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'interop', ...options, ...files], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: {
    ...process.env,
    POND_ENGINES: (chosen.length === 0 ? BIG : chosen).join(','),
    ...(isShort && { POND_ENGINES_VERSIONS: '1', POND_INTEROP_LONG: '50' }),
  },
})
process.exit(status ?? 1)
