/** `npm run test:model [-- commands]`: the model test at length, 1,000,000 commands by default. */
import { spawnSync } from 'node:child_process'

const [commands = '1000000', ...rest] = process.argv.slice(2)
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'model', ...rest], {
  stdio: 'inherit',
  env: { ...process.env, POND_MODEL_COMMANDS: commands },
  shell: process.platform === 'win32',
})
process.exit(status ?? 1)
