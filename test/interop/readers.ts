/**
 * Every row of a table as an independent reader sees it: one JSON line a row, columns in the order of
 * the table, instants in microseconds, bytes in base64. Each reading is a process of its own.
 */
import { spawn } from 'node:child_process'
import { OPLOG_COLUMNS, OplogTable, type OplogRow } from '../../src/main/oplog'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { install, type Engine, type Installed } from './install'

export interface Reader {
  readonly name: string
  /** Why it cannot be asked; undefined where it can. */
  readonly missing: string | undefined
  /** All rows at a Delta version, the newest when left out, sorted. */
  rows(tableFolder: string, deltaVersion?: number): Promise<readonly string[]>
}

const HEAD = `
import base64, json, os, sys
folder, version, columns = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
version = None if version == '' else int(version)
`

/** Prints an Arrow table `table`. */
const TAIL = `
import pyarrow
values = []
for column in columns:
    data = table.column(column['name'])
    if column['type'] == 'timestamp':
        values.append(data.cast(pyarrow.timestamp('us', 'UTC')).cast(pyarrow.int64()).to_pylist())
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

/** Each reads the table at a version, None for the newest, into the Arrow table `table`. */
const PROGRAMS: Readonly<Record<Engine, string>> = {
  deltalake: `
from deltalake import DeltaTable
table = DeltaTable(folder, version=version).to_pyarrow_table()
`,
  polars: `
import polars
table = polars.read_delta(folder, version=version).to_arrow()
`,
  // The extension is a file of its package: nothing is fetched.
  duckdb: `
import duckdb, importlib.metadata
extension = next(f for f in importlib.metadata.files('duckdb-extension-delta') if str(f).endswith('.duckdb_extension'))
connection = duckdb.connect(config={'allow_unsigned_extensions': 'true'})
connection.execute("LOAD '" + str(extension.locate()) + "'")
connection.execute("SET TimeZone = 'UTC'")
at = '' if version is None else ', version = ' + str(version)
table = connection.execute("SELECT * FROM delta_scan('" + folder + "'" + at + ")").fetch_arrow_table()
`,
  chdb: `
import chdb, io
import pyarrow.parquet
settings = '' if version is None else ' SETTINGS delta_lake_snapshot_version = ' + str(version)
result = chdb.query("SELECT * FROM deltaLakeLocal('" + folder + "')" + settings, 'Parquet')
table = pyarrow.parquet.read_table(io.BytesIO(result.bytes()))
`,
  pyspark: `
from delta import configure_spark_with_delta_pip
from pyspark.sql import SparkSession
builder = (SparkSession.builder.master('local[1]')
    .config('spark.sql.extensions', 'io.delta.sql.DeltaSparkSessionExtension')
    .config('spark.sql.catalog.spark_catalog', 'org.apache.spark.sql.delta.catalog.DeltaCatalog')
    .config('spark.ui.enabled', 'false').config('spark.ui.showConsoleProgress', 'false')
    .config('spark.databricks.delta.snapshotPartitions', '1').config('spark.sql.session.timeZone', 'UTC'))
session = configure_spark_with_delta_pip(builder).getOrCreate()
session.sparkContext.setLogLevel('ERROR')
reader = session.read.format('delta')
table = (reader if version is None else reader.option('versionAsOf', version)).load(folder).toArrow()
`,
}

const COLUMNS = JSON.stringify(OPLOG_COLUMNS.map(({ name, type }) => ({ name, type })))

function reader(engine: Engine, installed: Installed): Reader {
  const name = engine
  if ('missing' in installed) {
    return { name, missing: installed.missing, rows: () => Promise.reject(new Error(installed.missing)) }
  }
  return {
    name,
    missing: undefined,
    async rows(tableFolder, deltaVersion) {
      const program = HEAD + PROGRAMS[engine] + TAIL
      const output = await read(installed.command, ['-c', program, tableFolder, String(deltaVersion ?? ''), COLUMNS])
      const lines = output.split('\n').filter((line) => line !== '')
      // Parsed and written again: both sides then escape alike.
      return lines.map((line) => JSON.stringify(JSON.parse(line))).sort()
    },
  }
}

/** Small enough for every run of CI; `npm run test:engines` asks the others, by this variable. */
const ENGINES = (process.env['POND_ENGINES'] ?? 'deltalake,polars,duckdb').split(',') as Engine[]

/** Installs what is missing. */
export function independentReaders(): readonly Reader[] {
  return ENGINES.map((engine) => reader(engine, install(engine)))
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
