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
const NO_SYNC: OptionSpec = ['--no-sync', 'leave it pending where the setting autosync would commit']
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

/** Of verbs that read text as a table: how. What is not said is found out from all of the file. */
export const READING: readonly OptionSpec[] = [
  ['--delim <char>', 'what stands between values: a character, tab or space', 'free'],
  ['--quote <char>', 'what values are quoted with; none, if nothing is', 'free'],
  ['--escape <char>', 'what stands before a quote within quotes', 'free'],
  ['--header', 'the first line names the columns'],
  ['--no-header', 'the first line is data'],
  ['--skip <n>', 'lines above the table', 'free'],
  ['--comment <char>', 'leave out lines that begin with it', 'free'],
  ['--null <text>', 'a text that means no value; may be given again', 'free', true],
  [
    '--encoding <name>',
    'such as utf-8, windows-1252, iso-8859-2, utf-16le',
    ['utf-8', 'windows-1252', 'iso-8859-2', 'utf-16le', 'utf-16be', 'shift_jis'],
  ],
  ['--decimal <mark>', 'the decimal mark: . or ,', ['.', ',']],
  [
    '--timestamp-format <format>',
    'of times, such as "%d/%m/%Y %H:%M", or epoch, epoch_ms, epoch_us, epoch_ns; may be given again',
    'free',
    true,
  ],
  ['--timezone <zone>', 'of times that have none, such as Europe/Berlin or +01:00 (default: UTC)', 'free'],
  ['--types <column=type>', 'such as id=VARCHAR; may be given again', 'free', true],
  ['--sheet <name>', 'of a workbook: the name of a sheet, or its number', 'free'],
  ['--range <cells>', 'of a sheet: such as B2:F100, B:F or B2', 'free'],
  ['--bad-lines <what>', 'lines of another width: refuse (default), skip or fill', ['refuse', 'skip', 'fill']],
]

const FORMATS = ['table', 'csv', 'json', 'jsonl', 'parquet', 'arrow']
export const CAT_FORMAT: OptionSpec = ['--format <format>', `raw, ${FORMATS.join(', ')}`, ['raw', ...FORMATS]]
export const QUERY_FORMAT: OptionSpec = [
  '--format <format>',
  `${FORMATS.join(', ')} (default: table on a terminal, else csv)`,
  FORMATS,
]
