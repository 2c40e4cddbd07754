/**
 * Every row of a table as an independent reader sees it: one JSON line a row, columns in the order of
 * the table, instants in microseconds, bytes in base64. A reader is one process, which is asked again and again.
 */
import { OPLOG_COLUMNS, OplogTable, type OplogRow } from '../../src/main/oplog'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { CHOSEN, install, whyMissing, type Engine, type PythonEngine } from './install'
import { PythonProcess } from './python-process'
import { Trino } from './trino'
import { SPARK } from './spark'
import { installTrino } from './trino-files'

export interface Reader {
  readonly name: Engine
  /** Why it cannot be asked; undefined where it can. */
  readonly missing: string | undefined
  /** Its instants are in steps of so many microseconds. */
  readonly stepUs: number
  /** All rows at a Delta version, the newest when left out, sorted. */
  rows(tableFolder: string, deltaVersion?: number): Promise<readonly string[]>
  close(): Promise<void>
}

/** Each defines `read(folder, version)`, None for the newest, which returns an Arrow table. */
const PROGRAMS: Readonly<Record<PythonEngine, string>> = {
  deltalake: `
from deltalake import DeltaTable
def read(folder, version):
    return DeltaTable(folder, version=version).to_pyarrow_table()
`,
  polars: `
import polars
def read(folder, version):
    return polars.read_delta(folder, version=version).to_arrow()
`,
  // The extension is a file of its package: nothing is fetched.
  duckdb: `
import duckdb, importlib.metadata
extension = next(f for f in importlib.metadata.files('duckdb-extension-delta') if str(f).endswith('.duckdb_extension'))
connection = duckdb.connect(config={'allow_unsigned_extensions': 'true'})
connection.execute("LOAD '" + str(extension.locate()) + "'")
connection.execute("SET TimeZone = 'UTC'")
def read(folder, version):
    at = '' if version is None else ', version = ' + str(version)
    return connection.execute("SELECT * FROM delta_scan('" + folder + "'" + at + ")").fetch_arrow_table()
`,
  chdb: `
import chdb, io
import pyarrow.parquet
def read(folder, version):
    settings = '' if version is None else ' SETTINGS delta_lake_snapshot_version = ' + str(version)
    result = chdb.query("SELECT * FROM deltaLakeLocal('" + folder + "')" + settings, 'Parquet')
    return pyarrow.parquet.read_table(io.BytesIO(result.bytes()))
`,
  pyspark: `${SPARK}
def read(folder, version):
    reader = session.read.format('delta')
    return (reader if version is None else reader.option('versionAsOf', version)).load(folder).toArrow()
`,
}

/** Answers each question with the rows of a table. */
const ANSWER = `
import base64, pyarrow
def answer(folder, version, columns):
    table = read(folder, version)
    values = []
    for column in columns:
        data = table.column(column['name'])
        if column['type'] == 'timestamp':
            values.append(data.cast(pyarrow.timestamp('us', 'UTC')).cast(pyarrow.int64()).to_pylist())
        elif column['type'] == 'binary':
            # chdb calls bytes a text.
            values.append([None if v is None else base64.b64encode(v).decode() for v in data.cast(pyarrow.binary()).to_pylist()])
        else:
            values.append(data.to_pylist())
    return list(zip(*values))
`

const COLUMNS = OPLOG_COLUMNS.map(({ name, type }) => ({ name, type }))

function pythonReader(engine: PythonEngine): Reader {
  const installed = install(engine)
  let process: PythonProcess | undefined
  return {
    name: engine,
    missing: whyMissing(engine),
    stepUs: 1,
    async rows(tableFolder, deltaVersion) {
      if ('missing' in installed) throw new Error(installed.missing)
      process ??= new PythonProcess(installed, PROGRAMS[engine] + ANSWER)
      const rows = await process.ask([tableFolder, deltaVersion ?? null, COLUMNS])
      return (rows as unknown[]).map((row) => JSON.stringify(row)).sort()
    },
    close: async () => process?.close(),
  }
}

/** Its timestamps are of milliseconds, whatever the table has. */
function trinoReader(): Reader {
  const files = installTrino()
  let trino: Promise<Trino> | undefined
  const names = new Map<string, Promise<string>>()
  return {
    name: 'trino',
    missing: whyMissing('trino'),
    stepUs: 1_000,
    async rows(tableFolder, deltaVersion) {
      if ('missing' in files) throw new Error(files.missing)
      const server = await (trino ??= Trino.start(files))
      if (!names.has(tableFolder)) names.set(tableFolder, server.register(tableFolder))
      const at = deltaVersion === undefined ? '' : ` FOR VERSION AS OF ${deltaVersion}`
      const columns = COLUMNS.map(({ name }) => `"${name}"`).join(', ')
      const rows = await server.query(`SELECT ${columns} FROM ${await names.get(tableFolder)}${at}`)
      const isInstant = COLUMNS.map(({ type }) => type === 'timestamp')
      const value = (cell: unknown, index: number): unknown =>
        isInstant[index] ? Date.parse(String(cell).replace(' UTC', 'Z')) * 1_000 : cell
      return rows.map((row) => JSON.stringify(row.map(value))).sort()
    },
    close: async () => (await trino)?.close(),
  }
}

/** Installs what is missing. */
export function independentReaders(): readonly Reader[] {
  return CHOSEN.map((engine) => (engine === 'trino' ? trinoReader() : pythonReader(engine)))
}

/** The same of our own reader, of the rows up to a pond version, instants in steps of so many microseconds. */
export async function ownRows(tableFolder: string, stepUs: number, upToVersion = Infinity): Promise<readonly string[]> {
  const storage = nodeStorage(tableFolder)
  const table = await OplogTable.open(storage, '', nodeWorld({ storage }))
  const lines: string[] = []
  for await (const rows of (await table.snapshot()).scan({ content: true, txnSeqUpTo: upToVersion }))
    lines.push(...rows.map((row) => lineOf({ ...row, timestamp: Math.round(row.timestamp / stepUs) * stepUs })))
  return lines.sort()
}

export function lineOf(row: OplogRow): string {
  const values = OPLOG_COLUMNS.map(({ field }) => {
    const value = row[field]
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
  })
  return JSON.stringify(values)
}
