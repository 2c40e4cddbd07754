/** Options that several verbs share, each written once. */
import type { OptionSpec } from './verb'

const AT: OptionSpec = ['--at <moment>', 'pending, head, head~n, a version, or a timestamp', 'moment']
const PENDING: readonly OptionSpec[] = [
  ['--pending', 'as --at pending'],
  ['--include-pending', 'as --at pending'],
  ['--show-pending', 'as --at pending'],
]
/** Of verbs that read: the moment. */
export const READ: readonly OptionSpec[] = [AT, ...PENDING]

export const AUTHOR: OptionSpec = [
  '--author <name>',
  'who commits (default: the setting, else the system user)',
  'free',
]
export const NO_SYNC: OptionSpec = ['--no-sync', 'leave it pending where the setting autosync would commit']
const MESSAGE: OptionSpec = [
  '-m, --message <text>',
  'commit at once, with this message, and with what this depends on',
  'free',
]
/** Of verbs that stage: committing in the same step. */
export const WRITE: readonly OptionSpec[] = [MESSAGE, AUTHOR, NO_SYNC]

/** What a stream will bring. */
export const PROMISED: readonly OptionSpec[] = [
  ['--size <bytes>', 'refuse content of another size, e.g. of a download that broke off', 'free'],
  ['--sha256 <hex>', 'refuse content with another hash', 'free'],
]

const TYPES = ['data', 'table', 'series']
export const TYPE: OptionSpec = [
  '--type <type>',
  'data, table or series (default: table for valid Parquet, else data)',
  TYPES,
]
export const PARENTS: OptionSpec = ['-p, --parents', 'make missing directories above it']

const FORMATS = ['table', 'csv', 'json', 'jsonl', 'parquet', 'arrow']
export const CAT_FORMAT: OptionSpec = ['--format <format>', `raw, ${FORMATS.join(', ')}`, ['raw', ...FORMATS]]
export const QUERY_FORMAT: OptionSpec = [
  '--format <format>',
  `${FORMATS.join(', ')} (default: table on a terminal, else csv)`,
  FORMATS,
]
