/**
 * Every row of a table as an independent reader sees it: one JSON line a row, columns in the order of
 * the table, instants in microseconds, bytes in base64. Each reading is a process of its own.
 */
import { spawn } from 'node:child_process'
import { OPLOG_COLUMNS, OplogTable, type OplogRow } from '../../src/main/oplog'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { chdb, deltalake, type Installed } from './install'

export interface Reader {
  readonly name: string
  /** Why it cannot be asked; undefined where it can. */
  readonly missing: string | undefined
  /** All rows at a Delta version, the newest when left out, sorted. */
  rows(tableFolder: string, deltaVersion?: number): Promise<readonly string[]>
}

const CHDB_PROGRAM = `
const { query } = require(process.argv[1])
const [, , folder, version] = process.argv
const columns = JSON.parse(process.argv[4])
const select = columns.map(({ name, type }) =>
  type === 'timestamp' ? 'toUnixTimestamp64Micro(' + name + ') AS ' + name : type === 'binary' ? 'base64Encode(' + name + ') AS ' + name : name)
const settings = ['output_format_json_quote_64bit_integers=0', 'output_format_json_escape_forward_slashes=0']
if (version !== '') settings.push('delta_lake_snapshot_version=' + version)
// The columns are read below the SELECT that renames them, or ClickHouse takes the new for the old.
process.stdout.write(query(
  'SELECT ' + select.join(', ') + ' FROM (SELECT * FROM deltaLakeLocal(\\'' + folder.replaceAll("'", "\\\\'") + '\\')) SETTINGS ' + settings.join(', '),
  'JSONCompactEachRow'))
`

const DELTALAKE_PROGRAM = `
import base64, json, os, sys
import pyarrow
from deltalake import DeltaTable
folder, version, columns = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
table = DeltaTable(folder, version=None if version == '' else int(version)).to_pyarrow_table()
values = []
for column in columns:
    data = table.column(column['name'])
    if column['type'] == 'timestamp':
        values.append(data.cast(pyarrow.int64()).to_pylist())
    elif column['type'] == 'binary':
        values.append([None if v is None else base64.b64encode(v).decode() for v in data.to_pylist()])
    else:
        values.append(data.to_pylist())
for row in zip(*values):
    print(json.dumps(row))
# Not through the interpreter's end, where threads of the libraries now and then abort the process.
sys.stdout.flush()
os._exit(0)
`

const COLUMNS = JSON.stringify(OPLOG_COLUMNS.map(({ name, type }) => ({ name, type })))

function reader(name: string, installed: Installed, argsOf: (module: string) => readonly string[]): Reader {
  if ('missing' in installed) {
    return { name, missing: installed.missing, rows: () => Promise.reject(new Error(installed.missing)) }
  }
  const { command, module } = installed
  return {
    name,
    missing: undefined,
    async rows(tableFolder, deltaVersion) {
      const output = await read(command, [...argsOf(module), tableFolder, String(deltaVersion ?? ''), COLUMNS])
      const lines = output.split('\n').filter((line) => line !== '')
      // Parsed and written again: both sides then escape alike.
      return lines.map((line) => JSON.stringify(JSON.parse(line))).sort()
    },
  }
}

/** Installs what is missing. */
export function independentReaders(): readonly Reader[] {
  return [
    reader('chdb', chdb(), (module) => ['-e', CHDB_PROGRAM, module]),
    reader('deltalake', deltalake(), () => ['-c', DELTALAKE_PROGRAM]),
  ]
}

/** The same of our own reader, of the rows up to a pond version. */
export async function ownRows(tableFolder: string, upToVersion = Infinity): Promise<readonly string[]> {
  const storage = nodeStorage(tableFolder)
  const table = await OplogTable.open(storage, '', nodeWorld({ storage }))
  const lines: string[] = []
  for await (const rows of (await table.snapshot()).scan({ content: true, txnSeqUpTo: upToVersion })) {
    lines.push(...rows.map(lineOf))
  }
  return lines.sort()
}

export function lineOf(row: OplogRow): string {
  const values = OPLOG_COLUMNS.map(({ field }) => {
    const value = row[field]
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
  })
  return JSON.stringify(values)
}

function read(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    // chdb fails in a folder that it cannot write.
    const child = spawn(command, args, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) resolve(Buffer.concat(out).toString('utf8'))
      else reject(new Error(`${command} ended with ${status}: ${Buffer.concat(err).toString('utf8').slice(-2_000)}`))
    })
  })
}
