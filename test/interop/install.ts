/**
 * Independent engines that read Delta tables, installed on demand into a cache folder and never into the
 * project: some are half a gigabyte. One that cannot be had is a reason in words.
 */
import { environment, type Missing } from './python'
import { java } from './java'
import { installTrino, type TrinoFiles } from './trino-files'

/** Python's packages for one engine, of exactly these versions. */
const PACKAGES = {
  deltalake: ['deltalake==1.6.6', 'pyarrow==26.0.1'],
  polars: ['polars==2.1.0', 'deltalake==1.6.6', 'pyarrow==26.0.1'],
  duckdb: ['duckdb==1.5.5', 'duckdb-extension-delta==1.5.5', 'pyarrow==26.0.1'],
  chdb: ['chdb==4.4.0', 'pyarrow==26.0.1'],
  pyspark: ['pyspark==4.0.1', 'delta-spark==4.0.1', 'pyarrow==26.0.1', 'pandas==3.1.1'],
} as const

/** Spark 4.0 asks for 17 or 21; what it has of Hadoop does not run on 24. */
const SPARK_JAVA = { from: 17, to: 21 }

export type PythonEngine = keyof typeof PACKAGES
export type Engine = PythonEngine | 'trino'

export const ENGINES: readonly Engine[] = [...(Object.keys(PACKAGES) as PythonEngine[]), 'trino']

/** Those of this run: small enough for every run of CI, unless `npm run test:engines` says others. */
export const CHOSEN = (process.env['POND_ENGINES'] ?? 'deltalake,polars,duckdb').split(',') as readonly Engine[]

/** How to run programs with an engine. */
export interface Python {
  readonly command: string
  readonly env: NodeJS.ProcessEnv
}

const known = new Map<PythonEngine, Python | Missing>()

/** In a Python environment of its own, made the first time. */
export function install(engine: PythonEngine): Python | Missing {
  const before = known.get(engine)
  if (before !== undefined) return before
  const installed = installPython(engine)
  known.set(engine, installed)
  return installed
}

function installPython(engine: PythonEngine): Python | Missing {
  const runtime = engine === 'pyspark' ? java(SPARK_JAVA) : undefined
  if (runtime !== undefined && 'missing' in runtime) return runtime
  const made = environment(PACKAGES[engine], `import ${engine}, pyarrow`)
  if ('missing' in made) return made
  return {
    command: made.command,
    env: { ...process.env, ...(runtime && { JAVA_HOME: runtime.home, PYSPARK_PYTHON: made.command }) },
  }
}

export function whyMissing(engine: Engine): string | undefined {
  const installed: Python | TrinoFiles | Missing = engine === 'trino' ? installTrino() : install(engine)
  return 'missing' in installed ? installed.missing : undefined
}
