/** Verbs about a pond as a whole: SQL, scripts, maintenance, the app, settings. */
import { QUERY_FORMAT, READ } from '../options'
import type { Verb } from '../verb'

export const POND_VERBS: readonly Verb[] = [
  {
    name: 'query',
    alias: 'sql',
    args: '<sql>',
    summary: 'SQL over files, history and pending changes; - reads it from stdin',
    options: [
      QUERY_FORMAT,
      ['-o, --output <file>', 'write a file of this machine; its ending names the format', 'host'],
      ['--replace', 'replace that file where it is there'],
      ...READ,
    ],
    words: ['free'],
    example: [
      `pond query "SELECT count(*) FROM '/weather/daily.csv'"`,
      'pond query --pending "FROM pond.status"',
      `pond query "FROM '/weather/daily.csv'" -o daily.parquet`,
    ],
    load: () => import('../commands/query'),
  },
  {
    name: 'batch',
    args: '',
    summary: 'run commands from stdin, one to a line, in one process; # begins a comment',
    options: [['--keep-going', 'run what follows a command that failed, too']],
    example: [`printf 'mkdir /a\\ntouch /a/b\\ncommit -m "Two"\\n' | pond batch`],
    load: () => import('../commands/batch'),
  },
  {
    name: 'verify',
    alias: 'fsck',
    args: '',
    summary: 'check every hash, row and reference',
    options: [['--quick', 'sizes and references only']],
    example: ['pond verify'],
    load: () => import('../commands/verify'),
  },
  {
    name: 'recover',
    args: '',
    summary: 'repair what a crash left, and say what',
    example: ['pond recover'],
    load: () => import('../commands/recover'),
  },
  {
    name: 'compact',
    args: '',
    summary: 'join small data files; this also happens by itself',
    example: ['pond compact'],
    load: () => import('../commands/compact'),
  },
  {
    name: 'checkpoint',
    args: '',
    summary: 'write a checkpoint of the log; this also happens by itself',
    example: ['pond checkpoint'],
    load: () => import('../commands/checkpoint'),
  },
  {
    name: 'serve',
    args: '',
    summary: 'the app in a browser, on this machine only',
    options: [
      ['--port <port>', '0 takes any that is free (default: that of the last start, where it is free)', 'free'],
      ['--open', 'open a browser on it'],
    ],
    example: ['pond serve --port 0'],
    load: () => import('../commands/serve'),
  },
  {
    name: 'app',
    args: '[dir]',
    summary: 'the desktop window',
    words: ['host'],
    example: ['pond app'],
    load: () => import('../commands/app'),
  },
  {
    name: 'info',
    args: '',
    summary: 'identity and numbers of the pond',
    example: ['pond info --json'],
    load: () => import('../commands/info'),
  },
  {
    name: 'completion',
    args: '<shell>',
    summary: 'a script that completes commands, options and paths of the pond',
    words: [['bash', 'zsh', 'fish']],
    example: ['eval "$(pond completion bash)"'],
    load: () => import('../commands/completion'),
  },
  {
    name: 'complete',
    hidden: true,
    args: '[word...]',
    summary: 'what the last of these words can become: for the scripts of `completion`',
    options: [
      ['--line <text>', 'the command line as typed, instead of words'],
      ['--breaks <characters>', 'where the shell cuts words: candidates begin after the last of them'],
    ],
    example: ['pond complete -- st'],
    load: () => import('../commands/complete'),
  },
]
