/** `npm run e2e`: makes sure of a browser, then runs Playwright with the arguments it was given. */
import { spawnSync } from 'node:child_process'
import { mustFindBrowser } from './browser'

const CHROME_PATH = mustFindBrowser()
const { status } = spawnSync('npx', ['playwright', 'test', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, CHROME_PATH },
  shell: process.platform === 'win32',
})
process.exitCode = status ?? 1
