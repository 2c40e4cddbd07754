/** `npm run layers`: checks every source file against the import table and names what breaks it. */
import { readFileSync } from 'node:fs'
import { sourcePaths } from '../test/layers/files'
import { checkLayers } from '../test/layers/check'

const files = sourcePaths().map((path) => ({ path, text: readFileSync(path, 'utf8') }))
const violations = checkLayers(files)
for (const { file, line, rule, message } of violations) console.error(`${file}:${line}: ${rule}: ${message}`)
console.error(`${files.length} files, ${violations.length} layer violations`)
process.exitCode = violations.length === 0 && files.length > 0 ? 0 : 1
