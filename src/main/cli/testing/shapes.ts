/**
 * The JSON document of every verb, declared a second time: what scripts may rely on. Strict, so that a key
 * that comes, goes or changes its type is noticed. Described for people in docs/cli.md.
 */
import { z } from 'zod'
import { CHANGE_KINDS, CHECK_SEVERITIES, FILE_TYPES, OPERATION_KINDS, TABLE_FORMATS } from '../../../shared/model'

const count = z.int().nonnegative()
const micros = z.int()
const text = z.string()
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const path = z.string().startsWith('/')
const fileType = z.enum(FILE_TYPES)
const change = z.enum(CHANGE_KINDS)
const counts = z.strictObject({ added: count, modified: count, deleted: count, renamed: count })

const error = z.strictObject({
  code: z.string().regex(/^\w+(\.[\w-]+)?$/),
  message: text,
  detail: z.record(text, z.unknown()),
})
/** What a command that failed says. */
export const FAILURE = z.strictObject({ error })

const recipeProblem = z.strictObject({
  code: text,
  message: text,
  line: count.nullable(),
  column: count.nullable(),
  nearest: text.nullable(),
})
const recipeOf = {
  path,
  factory: text.nullable(),
  description: text.nullable(),
  problem: recipeProblem.nullable(),
}

const entry = z.strictObject({
  path,
  name: text,
  nodeId: text,
  fileType,
  size: count.nullable(),
  sha256: hash.nullable(),
  nodeVersion: count,
  modifiedAt: micros,
  mediaType: text.nullable(),
  target: text.nullable(),
  change: change.nullable(),
  oldPath: path.nullable(),
  pendingBelow: count,
  view: z.strictObject({ glob: text, name: text.optional() }).optional(),
  recipe: z.strictObject(recipeOf).optional(),
})

const computedChange = z.strictObject({
  path,
  recipe: path,
  change: z.enum(['added', 'modified', 'deleted']),
  isRecipeChanged: z.boolean(),
  inputs: z.array(path),
})

const recipeField = z.strictObject({
  name: text,
  words: text,
  isRequired: z.boolean(),
  default: text.nullable(),
  values: z.array(text),
  isPath: z.boolean(),
  isList: z.boolean(),
  get fields() {
    return z.array(recipeField)
  },
  hasOwnNames: z.boolean(),
})

const netChange = z.strictObject({
  path,
  oldPath: path.nullable(),
  nodeId: text,
  fileType,
  change,
  sizeBefore: count.nullable(),
  sizeAfter: count.nullable(),
  sha256Before: hash.nullable(),
  sha256After: hash.nullable(),
})

const operation = z.strictObject({
  version: count.nullable(),
  seq: count,
  operation: z.enum(OPERATION_KINDS),
  path,
  oldPath: path.nullable(),
  nodeId: text,
  fileType,
  nodeVersion: count,
  size: count.nullable(),
  sha256: hash.nullable(),
  at: micros,
})

const conflicts = z.array(z.strictObject({ seq: count, operation: z.enum(OPERATION_KINDS), path, reason: text }))
const outcome = z.strictObject({
  outcome: z.enum(['committed', 'nothing-to-commit', 'conflict']),
  version: count,
  transactionId: text.nullable(),
  operationsCommitted: count,
  alsoCommitted: z.array(path),
  bytesWritten: count,
  recordBatchSize: count,
  durationUs: count.nullable(),
  conflicts,
})
const commit = outcome.extend({ error: error.optional() })

/** What a verb that stages says, with what `-m` or `autosync` added. */
const staged = z.strictObject({
  staged: count,
  operations: z.array(operation),
  commit: outcome.optional(),
  error: error.optional(),
})

const rows = z.array(z.record(text, z.unknown()))

const column = z.strictObject({ name: text, type: text })
const reading = z.strictObject({
  format: text,
  encoding: text,
  hasByteOrderMark: z.boolean(),
  delimiter: text.nullable(),
  quote: text.nullable(),
  escape: text.nullable(),
  hasHeader: z.boolean().nullable(),
  skipped: count.nullable(),
  comment: text.nullable(),
  decimal: text.nullable(),
  lineEnds: z.array(text).nullable(),
  timezone: text,
  columns: z.array(column.extend({ format: text.optional(), nulls: z.array(text).optional() })),
  rows: count,
  leftOut: z.strictObject({ count, lines: z.array(count) }),
  notes: z.array(
    z.strictObject({
      message: text,
      line: count.optional(),
      column: text.optional(),
      isLoss: z.literal(true).optional(),
    }),
  ),
  said: z.record(text, z.unknown()),
})

const description = z.strictObject({
  entry,
  kind: z.enum(['directory', 'symlink', 'table', 'text', 'image', 'binary']),
  tableFormat: z.enum(TABLE_FORMATS).nullable(),
  columns: z.array(z.strictObject({ name: text, type: text })).nullable(),
  rows: count.nullable(),
  rowGroups: z.array(z.strictObject({ rows: count, bytes: count })).nullable(),
  minEventTime: micros.nullable(),
  maxEventTime: micros.nullable(),
  problem: error.nullable(),
  reading: reading.nullable(),
  readingOptions: z.record(text, z.unknown()).nullable(),
  preview: z.strictObject({ columns: z.array(column), rows: z.array(z.array(text.nullable())) }).nullable(),
  versions: count,
})

const problems = z.array(z.strictObject({ file: text, kind: text, message: text }))
const setting = z.union([text, z.number(), z.boolean(), z.null(), z.record(text, z.unknown())])

/** By verb. */
export const SHAPES: Readonly<Record<string, z.ZodType>> = {
  init: z.strictObject({ pondId: text, path: text, version: count }),
  ls: z.array(entry),
  cat: rows,
  find: z.array(entry),
  recipes: z.array(
    z.union([
      z.strictObject({
        ...recipeOf,
        output: path,
        fileType,
        state: z.enum(['failing', 'made', 'inlined', 'not-made']),
        inputs: z.array(path),
        cachedBytes: count,
        change: change.nullable(),
      }),
      z.strictObject({ name: text, words: text, fields: z.array(recipeField) }),
    ]),
  ),
  explain: z.strictObject({
    path,
    recipe: path.nullable(),
    sql: text.nullable(),
    inputs: z.array(path),
    key: hash,
    isInlined: z.boolean(),
    cachedBytes: count.nullable(),
  }),
  check: z.array(
    z.strictObject({
      path,
      recipe: path,
      check: text.nullable(),
      severity: z.enum(CHECK_SEVERITIES),
      line: count.nullable(),
      column: count.nullable(),
      outcome: z.enum(['passed', 'failed', 'broken']),
      failures: count,
      examples: z
        .strictObject({
          columns: z.array(z.strictObject({ name: text, type: text })),
          rows: z.array(z.array(text.nullable())),
        })
        .nullable(),
      problem: recipeOf.problem,
    }),
  ),
  describe: z.union([description, z.array(description)]),
  mkdir: staged,
  touch: staged,
  ln: staged,
  mv: staged,
  rm: staged,
  write: staged.extend({ path, size: count, sha256: hash }),
  freeze: staged.extend({ path }),
  apply: staged.extend({
    recipes: z.array(z.strictObject({ path, outcome: z.enum(['created', 'changed', 'unchanged']) })),
  }),
  append: staged.extend({
    path,
    nodeVersion: count,
    rows: count,
    minEventTime: micros.nullable(),
    maxEventTime: micros.nullable(),
    reading: reading.nullable(),
  }),
  reading: z.union([
    staged,
    z.array(
      z.strictObject({
        path,
        said: z.record(text, z.unknown()).nullable(),
        reading: reading.nullable(),
        columns: z.array(column).nullable(),
        problem: error.nullable(),
      }),
    ),
  ]),
  copy: z.strictObject({
    files: count,
    bytes: count,
    staged: count,
    skipped: z.array(z.strictObject({ path: text, reason: text })),
    commit: outcome.optional(),
    error: error.optional(),
  }),
  status: z.strictObject({
    version: count,
    transactionId: text.nullable(),
    pendingOperations: count,
    totalNodes: count,
    lastCommit: micros.nullable(),
    memoryUsageBytes: count,
    counts,
    withoutEffect: count,
    conflicts,
    undoable: count,
    changes: z.array(netChange),
    computed: z.array(computedChange),
  }),
  diff: z.union([z.array(netChange), z.array(computedChange), counts, rows]),
  commit,
  sync: commit,
  discard: z.strictObject({ discarded: count, paths: z.array(path) }),
  undo: z.strictObject({ restored: count, takenBack: z.literal(true).optional() }),
  log: z.array(
    z.strictObject({
      version: count,
      committedAt: micros,
      author: text,
      message: text,
      command: text,
      transactionId: text,
      operations: count,
      counts,
      bytesDelta: z.int(),
      isHead: z.boolean(),
    }),
  ),
  show: z.array(
    operation.extend({ entries: z.array(z.strictObject({ name: text, nodeId: text, fileType })).nullable() }),
  ),
  reread: z.strictObject({ nodesRestored: count, staged: count, durationUs: count, target: text }),
  restore: z.strictObject({
    nodesRestored: count,
    staged: count,
    durationUs: count,
    target: text,
    displaced: z.array(text).optional(),
    kept: outcome.optional(),
    commit: outcome.optional(),
    error: error.optional(),
  }),
  query: z.union([rows, z.strictObject({ path: text, format: text, rows: count, bytes: count })]),
  batch: z.strictObject({ line: count, command: text, status: z.literal([0, 1, 2, 130]), result: z.unknown() }),
  verify: z.strictObject({
    ok: z.boolean(),
    checked: z.strictObject({ dataFiles: count, rows: count, blobs: count, bytes: count }),
    problems,
    notes: problems,
  }),
  recover: z.strictObject({ repaired: z.array(text) }),
  compact: z.strictObject({ filesBefore: count, filesAfter: count }),
  checkpoint: z.strictObject({ deltaVersion: count }),
  gc: z.strictObject({
    removed: z.array(z.strictObject({ file: text, bytes: count, kind: text })),
    bytes: count,
    moved: z.strictObject({ files: count, bytes: count }),
  }),
  serve: z.strictObject({ url: z.url() }),
  app: z.strictObject({ url: z.url().nullable() }),
  config: z.record(text, setting),
  info: z.strictObject({
    pondId: text,
    path: text,
    name: text,
    createdAt: text,
    format: count,
    version: count,
    deltaVersion: count,
    readOnly: z.strictObject({ code: text, message: text }).nullable(),
    totalNodes: count,
    pendingOperations: count,
    lastCommit: micros.nullable(),
  }),
  completion: z.strictObject({ shell: text, script: text }),
  complete: z.strictObject({ candidates: z.array(text) }),
}
