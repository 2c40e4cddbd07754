/**
 * Every verb of the command line as data: its arguments, options and example. The code of a verb is
 * loaded when it runs, so that a cold start pays for one verb only.
 */
import type { Run } from './context'

export interface Verb {
  readonly name: string
  readonly alias?: string
  /** As commander writes them: `<from> <to>`, `[path...]`. */
  readonly args: string
  /** Where `args` cannot say it: only the last argument can be several. */
  readonly usage?: string
  readonly summary: string
  readonly options?: readonly (readonly [flags: string, help: string])[]
  readonly example: readonly string[]
  load(): Promise<{ readonly run: Run }>
}

const AT = ['--at <moment>', 'pending, head, head~n, a version, or a timestamp'] as const
const PENDING = [
  ['--pending', 'as --at pending'],
  ['--include-pending', 'as --at pending'],
  ['--show-pending', 'as --at pending'],
] as const
const READ = [AT, ...PENDING]
const MESSAGE = ['-m, --message <text>', 'commit at once, with this message, and with what this depends on'] as const
const AUTHOR = ['--author <name>', 'who commits (default: the system user)'] as const
const WRITE = [MESSAGE, AUTHOR]
const TYPE = ['--type <type>', 'data or table (default: table for valid Parquet, else data)'] as const

export const VERBS: readonly Verb[] = [
  {
    name: 'init',
    args: '[dir]',
    summary: 'make a pond',
    options: [['--sample', 'fill it with real data and a few versions']],
    example: ['pond init weather --sample'],
    load: () => import('./commands/init'),
  },
  {
    name: 'ls',
    alias: 'list',
    args: '[path...]',
    summary: 'list entries; pending ones are marked',
    options: [
      ['-l, --long', 'with type, size, time and version'],
      ['-a, --all', 'names that begin with a dot, too'],
      ['-R, --recursive', 'everything below'],
      ...READ,
    ],
    example: ['pond ls -l /weather', "pond ls '/sensors/**/*.parquet'"],
    load: () => import('./commands/ls'),
  },
  {
    name: 'cat',
    args: '<path>',
    summary: 'print a file',
    options: [
      ['--format <format>', 'raw, table, csv, json, jsonl, parquet or arrow'],
      ['--sql <query>', 'print what a query gives; the file is "source" in it'],
      ...READ,
    ],
    example: ['pond cat /notes.txt', 'pond cat /raw/x.csv --sql "SELECT max(temp) FROM source"'],
    load: () => import('./commands/cat'),
  },
  {
    name: 'mkdir',
    args: '<path...>',
    summary: 'stage new directories',
    options: [['-p, --parents', 'those above it too; no error if it is there'], ...WRITE],
    example: ['pond mkdir -p /sensors/2026'],
    load: () => import('./commands/mkdir'),
  },
  {
    name: 'touch',
    args: '<path...>',
    summary: 'stage empty files where there are none',
    options: WRITE,
    example: ['pond touch /README'],
    load: () => import('./commands/touch'),
  },
  {
    name: 'ln',
    args: '<target> <link>',
    summary: 'stage a symbolic link',
    options: [['-s, --symbolic', 'the only kind there is; may be left out'], ...WRITE],
    example: ['pond ln -s /sensors/2026/05.csv /latest.csv'],
    load: () => import('./commands/ln'),
  },
  {
    name: 'mv',
    args: '<from> <to>',
    summary: 'stage another name or place; history follows',
    options: WRITE,
    example: ['pond mv /raw/x.csv /raw/x-2025.csv'],
    load: () => import('./commands/mv'),
  },
  {
    name: 'rm',
    args: '<path...>',
    summary: 'stage removals; earlier versions keep what was there',
    options: [
      ['-r, --recursive', 'directories and everything below'],
      ['-f, --force', 'no error for what is not there'],
      ...WRITE,
    ],
    example: ['pond rm -r /raw/old'],
    load: () => import('./commands/rm'),
  },
  {
    name: 'write',
    args: '<path>',
    summary: 'stage content from stdin, new or replacing',
    options: [['-p, --parents', 'make missing directories above it'], TYPE, ...WRITE],
    example: ['echo hello | pond write /notes.txt'],
    load: () => import('./commands/write'),
  },
  {
    name: 'copy',
    alias: 'cp',
    args: '<source> <dest...>',
    usage: '<source...> <dest>',
    summary: 'copy in, out or within; host: marks this machine',
    options: [['--replace', 'replace files that are in the way'], TYPE, ...READ, ...WRITE],
    example: ['pond copy host:///data/2026 /raw/', "pond copy '/raw/*.csv' host:backup/"],
    load: () => import('./commands/copy'),
  },
  {
    name: 'status',
    args: '',
    summary: 'version, and what is pending',
    example: ['pond status'],
    load: () => import('./commands/status'),
  },
  {
    name: 'diff',
    args: '[moments-and-paths...]',
    summary: 'what changed; pending against committed by default',
    options: [['--stat', 'counts only']],
    example: ['pond diff', 'pond diff 3 head /raw'],
    load: () => import('./commands/diff'),
  },
  {
    name: 'commit',
    args: '[message]',
    summary: 'make what is pending a version',
    options: [['-m, --message <text>', 'what this version is about'], AUTHOR],
    example: ['pond commit -m "Readings of May"'],
    load: () => import('./commands/commit'),
  },
  {
    name: 'discard',
    args: '[path...]',
    summary: 'drop pending changes; undo brings them back',
    options: [['--all', 'all of them']],
    example: ['pond discard /raw/x.csv', 'pond discard --all'],
    load: () => import('./commands/discard'),
  },
  {
    name: 'undo',
    args: '',
    summary: 'bring the last discard back',
    example: ['pond undo'],
    load: () => import('./commands/undo'),
  },
  {
    name: 'log',
    alias: 'history',
    args: '[path]',
    summary: 'versions, newest first; with a path, those of that entry',
    options: [['--limit <n>', 'at most so many (default: 50)']],
    example: ['pond log --limit 10', 'pond log /raw/x.csv'],
    load: () => import('./commands/log'),
  },
  {
    name: 'show',
    args: '[version]',
    summary: 'the operations of a version (default: head), or pending',
    example: ['pond show 3', 'pond show pending'],
    load: () => import('./commands/show'),
  },
  {
    name: 'restore',
    args: '[path]',
    summary: 'stage the way back to a version, of an entry or of everything',
    options: [['--to <moment>', 'head~n, a version, or a timestamp']],
    example: ['pond restore /raw/x.csv --to 3', 'pond restore --to 2026-03-01'],
    load: () => import('./commands/restore'),
  },
  {
    name: 'query',
    alias: 'sql',
    args: '<sql>',
    summary: 'SQL over files, history and pending changes; - reads it from stdin',
    options: [
      ['--format <format>', 'table, csv, json, jsonl, parquet or arrow (default: table on a terminal, else csv)'],
      ['-o, --output <file>', 'write a file of this machine; its ending names the format'],
      ...READ,
    ],
    example: [
      `pond query "SELECT count(*) FROM '/raw/x.csv'"`,
      'pond query --pending "FROM pond.status"',
      `pond query "FROM '/raw/x.csv'" -o x.parquet`,
    ],
    load: () => import('./commands/query'),
  },
  {
    name: 'describe',
    args: '<path>',
    summary: 'kind, size, hash, schema and rows of an entry, or of those a pattern names',
    options: READ,
    example: ['pond describe /raw/x.csv'],
    load: () => import('./commands/describe'),
  },
  {
    name: 'verify',
    alias: 'fsck',
    args: '',
    summary: 'check every hash, row and reference',
    options: [['--quick', 'sizes and references only']],
    example: ['pond verify'],
    load: () => import('./commands/verify'),
  },
  {
    name: 'recover',
    args: '',
    summary: 'repair what a crash left, and say what',
    example: ['pond recover'],
    load: () => import('./commands/recover'),
  },
  {
    name: 'compact',
    args: '',
    summary: 'join small data files; this also happens by itself',
    example: ['pond compact'],
    load: () => import('./commands/compact'),
  },
  {
    name: 'checkpoint',
    args: '',
    summary: 'write a checkpoint of the log; this also happens by itself',
    example: ['pond checkpoint'],
    load: () => import('./commands/checkpoint'),
  },
  {
    name: 'serve',
    args: '',
    summary: 'the app in a browser, on this machine only',
    options: [
      ['--port <port>', '0 takes any that is free (default: that of the last start, where it is free)'],
      ['--open', 'open a browser on it'],
    ],
    example: ['pond serve --open'],
    load: () => import('./commands/serve'),
  },
  {
    name: 'app',
    args: '[dir]',
    summary: 'the desktop window',
    example: ['pond app'],
    load: () => import('./commands/app'),
  },
  {
    name: 'info',
    args: '',
    summary: 'identity and numbers of the pond',
    example: ['pond info --json'],
    load: () => import('./commands/info'),
  },
]
