/** Verbs about what is pending, what was committed, and the way back. */
import { AUTHOR, QUERY_FORMAT, WRITE } from '../options'
import type { Verb } from '../verb'

export const CHANGE_VERBS: readonly Verb[] = [
  {
    name: 'status',
    args: '',
    summary: 'version, and what is pending',
    example: ['pond status'],
    load: () => import('../commands/status'),
  },
  {
    name: 'diff',
    args: '[moments-and-paths...]',
    summary: 'what changed; pending against committed by default',
    options: [
      ['--stat', 'counts only'],
      ['--computed', 'what is computed and became another, and why'],
      ['--rows', 'of one table: its rows instead'],
      ['--key <columns>', 'with --rows: what tells a row, columns with commas between', 'free'],
      QUERY_FORMAT,
    ],
    words: ['moments and paths'],
    example: ['pond diff', 'pond diff 1 head /weather --stat', 'pond diff 3 4 /weather/daily.csv --rows --key date'],
    load: () => import('../commands/diff'),
  },
  {
    name: 'commit',
    args: '[message]',
    summary: 'make what is pending a version',
    options: [
      ['-m, --message <text>', 'what this version is about', 'free'],
      AUTHOR,
      ['--paths <path...>', 'only what is pending at or below these, with what it depends on', 'pond'],
      ['--first <n>', 'only the first so many pending operations, with what they depend on', 'free'],
    ],
    words: ['free'],
    example: ['pond commit -m "Say what the table is"', 'pond commit --paths /README.md -m "Say more"'],
    load: () => import('../commands/commit'),
  },
  {
    name: 'sync',
    args: '[path...]',
    summary: 'commit what is pending, with a message made of what changed',
    options: [AUTHOR],
    words: ['pond'],
    example: ['pond sync', 'pond sync /README.md'],
    load: () => import('../commands/sync'),
  },
  {
    name: 'discard',
    args: '[path...]',
    summary: 'drop pending changes; undo brings them back',
    options: [['--all', 'all of them']],
    words: ['pond'],
    example: ['pond discard /README.md', 'pond discard --all'],
    load: () => import('../commands/discard'),
  },
  {
    name: 'undo',
    args: '',
    summary:
      'bring back what the last discard took, or what was pending and gave way to a restore, deletion or new content',
    example: ['pond discard --all && pond undo'],
    load: () => import('../commands/undo'),
  },
  {
    name: 'log',
    alias: 'history',
    args: '[path]',
    summary: 'versions, newest first; with a path, those of that entry',
    options: [['--limit <n>', 'at most so many (default: 50)', 'free']],
    words: ['pond'],
    example: ['pond log --limit 10', 'pond log /weather/daily.csv'],
    load: () => import('../commands/log'),
  },
  {
    name: 'show',
    args: '[moment]',
    summary: 'the operations of a version (default: head), or pending',
    words: ['moment'],
    example: ['pond show 3', 'pond show pending'],
    load: () => import('../commands/show'),
  },
  {
    name: 'restore',
    args: '[path]',
    summary: 'stage the way back to a version, of an entry or of everything',
    options: [
      ['--to <moment>', 'head~n, a version, or a timestamp', 'past'],
      ['--keep <message>', 'commit what is pending first, so that nothing gives way', 'free'],
      ...WRITE,
    ],
    words: ['pond'],
    example: ['pond restore /weather/daily.csv --to 3', 'pond restore --to head~2'],
    load: () => import('../commands/restore'),
  },
]
