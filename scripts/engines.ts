/**
 * Reads our tables with the Delta engines that are too big for every run: chdb and Spark, both from PyPI (Spark
 * wants a Java). `npm run test:engines` for all, `npm run test:engines -- chdb` for one; with `--short`, fewer versions.
 */
import { spawnSync } from 'node:child_process'

const KNOWN = ['chdb', 'pyspark']
const args = process.argv.slice(2)
const isShort = args.includes('--short')
const chosen = args.filter((arg) => arg !== '--short')
const unknown = chosen.filter((name) => !KNOWN.includes(name))
if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: expected some of ${KNOWN.join(', ')}, or --short`)
  process.exit(2)
}

const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'interop', 'test/interop/interop.test.ts'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: {
    ...process.env,
    POND_ENGINES: (chosen.length === 0 ? KNOWN : chosen).join(','),
    ...(isShort && { POND_ENGINES_VERSIONS: '1', POND_INTEROP_LONG: '50' }),
  },
})
process.exit(status ?? 1)
