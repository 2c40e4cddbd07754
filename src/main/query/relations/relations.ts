/**
 * The relations that SQL sees of a pond, each with its definition over a few hidden base relations.
 * Only what a statement names is created, so that a query pays for what it reads. Columns are
 * described in docs/sql.md; their types are whatever DuckDB derives, and are written nowhere else.
 */
import { fillBase, MAIN_DATABASE, type Base, type Bases, type Target } from './bases'
import { declaredFunctions } from './pond-functions'
import { quoteName, quoteText } from '../engine/quote'
import { MEDIA_TYPES } from '../../../shared/media-type'

interface Definition {
  readonly schema: 'main' | 'pond'
  readonly name: string
  /** Other relations of this list that the definition reads. */
  readonly reads?: readonly string[]
  readonly bases?: readonly Base[]
  /** Over the relations of one database; `$db` stands for its name. */
  readonly sql: string
}

const ENTRY_COLUMNS = `part_id, node_id, file_type, "timestamp", version,
  CASE WHEN file_type = 'directory' THEN NULL ELSE content END AS content, sha256, size,
  min_event_time, max_event_time, extended_attributes`

/** As `mediaTypeOf`: what somebody said, else what the ending of the name tells. */
const MEDIA_TYPE = `CASE WHEN d.node_type LIKE 'file:%' THEN coalesce(
          n.attributes->>'$.mediaType',
          CASE WHEN contains(d.name, '.') THEN MAP {${[...MEDIA_TYPES].map((pair) => pair.map(quoteText).join(': ')).join(', ')}}[
            lower(split_part(d.name, '.', -1))] END
        ) END`

/** When an operation that is pending takes place: after all that are committed. */
const PENDING_TIME = '9223372036854775807'

/**
 * The versions of all entries, or of one: their own operations, and the moves of the directories above them. A move
 * of a directory is one of every entry that was in it at that time, and so on down. Of one entry, only the
 * directories that it ever was below are looked at.
 */
function versionsOf(nodeId?: string): string {
  const kin = `kin AS (
      SELECT ${quoteText(nodeId ?? '')} AS node_id
      UNION SELECT o.parent_id FROM kin JOIN operations o ON o.node_id = kin.node_id
    ),`
  const isKin = 'WHERE node_id IN (SELECT node_id FROM kin)'
  const [withKin, onlyKin] = nodeId === undefined ? ['', ''] : [kin, isKin]
  return `WITH RECURSIVE operations AS (
      SELECT node_id, file_type, version AS node_version, operation, name, path, txn_seq,
        coalesce(txn_seq, ${PENDING_TIME}) AS t, coalesce(CAST(extended_attributes->>'$.seq' AS BIGINT), 0) AS s,
        CASE WHEN operation = 'rename' THEN extended_attributes->>'$.formerPath' END AS old_path,
        CASE WHEN file_type = 'directory' THEN extended_attributes->>'$.parent' ELSE part_id END AS parent_id,
        CASE WHEN operation <> 'delete' THEN size END AS size,
        CASE WHEN operation <> 'delete' THEN sha256 END AS sha256
      FROM $db.main.oplog_entries
    ),
    ${withKin}
    lives AS MATERIALIZED (
      SELECT *, lead(t) OVER life AS until_t, lead(s) OVER life AS until_s FROM operations ${onlyKin}
      WINDOW life AS (PARTITION BY node_id ORDER BY node_version)
    ),
    moved AS (
      SELECT node_id, node_version, txn_seq, t, s, path, old_path, size, sha256, false AS is_above
      FROM lives WHERE operation = 'rename' AND file_type = 'directory'
      UNION ALL
      SELECT l.node_id, l.node_version, m.txn_seq, m.t, m.s, m.path || '/' || l.name, m.old_path || '/' || l.name,
        l.size, l.sha256, true
      FROM moved m JOIN lives l ON l.parent_id = m.node_id AND l.operation <> 'delete'
        AND (l.t < m.t OR l.t = m.t AND l.s < m.s)
        AND (l.until_t IS NULL OR m.t < l.until_t OR m.t = l.until_t AND m.s < l.until_s)
    ),
    told AS (
      SELECT node_id, node_version, txn_seq, t, s, path, old_path, size, sha256, operation, false AS is_above FROM lives
      UNION ALL
      SELECT node_id, node_version, txn_seq, t, s, path, old_path, size, sha256, 'rename', true FROM moved WHERE is_above
    ),
    -- Moves that follow each other in one version are one, or none where they lead back.
    runs AS (
      SELECT *, count(*) FILTER (WHERE NOT is_above)
        OVER (PARTITION BY node_id ORDER BY t, s, node_version ROWS UNBOUNDED PRECEDING) AS run
      FROM told
    ),
    versions AS (
      SELECT node_id, node_version, txn_seq, t, s, path, old_path, size, sha256, operation FROM told WHERE NOT is_above
      UNION ALL
      SELECT node_id, any_value(node_version), txn_seq, t, min(s), arg_max(path, s), arg_min(old_path, s),
        any_value(size), any_value(sha256), 'rename'
      FROM runs WHERE is_above GROUP BY node_id, txn_seq, t, run HAVING arg_max(path, s) <> arg_min(old_path, s)
    )
    SELECT v.path, v.old_path, v.txn_seq AS version,
      lead(v.txn_seq) OVER (PARTITION BY v.node_id ORDER BY v.t, v.s, v.node_version) AS valid_to_version,
      CASE v.operation WHEN 'create' THEN 'added' WHEN 'delete' THEN 'deleted' WHEN 'rename' THEN 'renamed'
        ELSE 'modified' END AS change,
      v.size, v.sha256, l.author, l.committed_at, l.message
    FROM versions v LEFT JOIN $db.pond.log l ON l.version = v.txn_seq
    ${nodeId === undefined ? '' : `WHERE v.node_id = ${quoteText(nodeId)}`}`
}

/** In an order in which each reads only what stands before it. */
const DEFINITIONS: readonly Definition[] = [
  {
    schema: 'main',
    name: 'oplog_rows',
    bases: ['rows'],
    sql: 'SELECT * FROM $db."$pond".rows',
  },
  {
    schema: 'main',
    name: 'oplog_entries',
    bases: ['rows', 'pending'],
    sql: `SELECT ${ENTRY_COLUMNS}, txn_seq, operation, name, path, false AS is_pending
      FROM $db."$pond".rows WHERE operation NOT IN ('entries', 'commit')
      UNION ALL
      SELECT ${ENTRY_COLUMNS}, CAST(NULL AS BIGINT) AS txn_seq, operation, name, path, true AS is_pending
      FROM $db."$pond".pending`,
  },
  {
    schema: 'main',
    name: 'directory_entries',
    bases: ['directories'],
    sql: 'SELECT part_id, name, child_node_id, node_type, path FROM $db."$pond".directories',
  },
  {
    schema: 'pond',
    name: 'log',
    bases: ['rows'],
    sql: `SELECT txn_seq AS version, "timestamp" AS committed_at,
        a->>'author' AS author, a->>'message' AS message,
        CAST(a->>'operations' AS BIGINT) AS operation_count,
        CAST(a->>'added' AS BIGINT) AS files_added, CAST(a->>'modified' AS BIGINT) AS files_modified,
        CAST(a->>'deleted' AS BIGINT) AS files_deleted, CAST(a->>'renamed' AS BIGINT) AS files_renamed,
        CAST(a->>'bytesDelta' AS BIGINT) AS bytes_delta,
        node_id AS transaction_id,
        txn_seq = max(txn_seq) OVER () AS is_head
      FROM (SELECT *, CAST(extended_attributes AS JSON) AS a FROM $db."$pond".rows WHERE operation = 'commit')`,
  },
  {
    schema: 'pond',
    name: 'operations',
    reads: ['main.oplog_entries', 'pond.log'],
    sql: `SELECT o.txn_seq AS version, CAST(o.extended_attributes->>'$.seq' AS BIGINT) AS seq, o.operation, o.path,
        CASE WHEN o.operation = 'rename' THEN o.extended_attributes->>'$.formerPath' END AS old_path, o.file_type,
        o.size_before, CASE WHEN o.operation = 'delete' THEN NULL ELSE o.size END AS size_after,
        o.sha256_before, CASE WHEN o.operation = 'delete' THEN NULL ELSE o.sha256 END AS sha256_after,
        l.author, o."timestamp" AS "at", o.is_pending
      FROM (
        SELECT * EXCLUDE (content),
          lag(CASE WHEN operation = 'delete' THEN NULL ELSE size END) OVER node AS size_before,
          lag(CASE WHEN operation = 'delete' THEN NULL ELSE sha256 END) OVER node AS sha256_before
        FROM $db.main.oplog_entries WINDOW node AS (PARTITION BY node_id ORDER BY version)
      ) o LEFT JOIN $db.pond.log l ON l.version = o.txn_seq`,
  },
  {
    schema: 'pond',
    name: 'status',
    bases: ['changes'],
    sql: 'SELECT path, old_path, file_type, change, size_before, size_after FROM $db."$pond".changes',
  },
  {
    schema: 'pond',
    name: 'files',
    reads: ['main.oplog_entries', 'main.directory_entries', 'pond.log'],
    // One arg_max for each column, so that those a statement does not ask for are not read.
    sql: `SELECT d.path,
        CASE WHEN length(d.path) = length(d.name) + 1 THEN '/' ELSE left(d.path, -1 - length(d.name)) END AS parent,
        d.name, d.node_type AS file_type, ${MEDIA_TYPE} AS media_type,
        -- Of a series: of all its versions, as everywhere.
        CASE WHEN d.node_type = 'file:series'
          THEN coalesce(TRY_CAST(n.attributes->>'$.series.totalBytes' AS BIGINT), n.size) ELSE n.size END AS size,
        CASE WHEN d.node_type = 'file:series'
          THEN coalesce(n.attributes->>'$.series.chain', n.sha256) ELSE n.sha256 END AS sha256,
        n.created_version, n.modified_version, n.modified_at, l.author AS modified_by, n.is_pending
      FROM $db.main.directory_entries d
      LEFT JOIN (
        SELECT node_id, min(txn_seq) AS created_version,
          arg_max_null(txn_seq, version) AS modified_version,
          arg_max_null("timestamp", version) AS modified_at,
          arg_max_null(extended_attributes, version) AS attributes,
          arg_max_null(size, version) AS size,
          arg_max_null(sha256, version) AS sha256,
          arg_max_null(is_pending, version) AS is_pending
        FROM $db.main.oplog_entries GROUP BY node_id
      ) n ON n.node_id = d.child_node_id
      LEFT JOIN $db.pond.log l ON l.version = n.modified_version`,
  },
  {
    schema: 'pond',
    name: 'file_versions',
    reads: ['main.oplog_entries', 'pond.log'],
    sql: versionsOf(),
  },
  {
    schema: 'pond',
    name: 'info',
    bases: ['info'],
    sql: 'SELECT key, value FROM $db."$pond".info',
  },
  {
    schema: 'pond',
    name: 'recipes',
    bases: ['recipes'],
    sql: 'SELECT * FROM $db."$pond".recipes',
  },
  {
    schema: 'pond',
    name: 'lineage',
    bases: ['lineage'],
    sql: 'SELECT * FROM $db."$pond".lineage',
  },
]

const BY_NAME = new Map(DEFINITIONS.map((definition) => [key(definition), definition]))

/** Names as SQL writes them, for suggestions. */
export const RELATION_NAMES: readonly string[] = DEFINITIONS.map(({ schema, name }) =>
  schema === 'main' ? name : `${schema}.${name}`,
)

/** The key of a relation that SQL names, undefined when there is none of that name. */
export function findRelation({ schema, name }: { readonly schema: string; readonly name: string }): string | undefined {
  const found = `${schema === '' ? 'main' : schema}.${name}`.toLowerCase()
  return BY_NAME.has(found) ? found : undefined
}

/** The relations that lower-case words may name. */
export function possibleRelations(words: ReadonlySet<string>): string[] {
  return RELATION_NAMES.filter((name) => words.has(name.replace(/^pond\./, ''))).map((name) =>
    name.includes('.') ? name : `main.${name}`,
  )
}

/** What `nodeHistory` reads. */
export const HISTORY_READS: readonly string[] = ['main.oplog_entries', 'pond.log']

/** As `pond.file_versions`, of one node. */
export function nodeHistory(database: string, nodeId: string): string {
  return inDatabase(versionsOf(nodeId), database)
}

export interface RelationPlan {
  /** Definitions in the order in which they can be created. */
  readonly create: readonly Definition[]
  /** Bases that need their rows; others are created empty. */
  readonly fill: ReadonlySet<Base>
  /** Bases that must exist. */
  readonly exist: ReadonlySet<Base>
  /** Whether somebody looks at the catalog itself. */
  readonly isListed: boolean
}

/** With `all`, every relation exists, and only the named ones have rows. */
export function planRelations(named: Iterable<string>, all: boolean): RelationPlan {
  const wanted = closure(named)
  const created = all ? new Set(BY_NAME.keys()) : wanted
  const bases = (names: ReadonlySet<string>): Set<Base> =>
    new Set([...names].flatMap((name) => BY_NAME.get(name)!.bases ?? []))
  return {
    create: DEFINITIONS.filter((definition) => created.has(key(definition))),
    fill: bases(wanted),
    exist: bases(created),
    isListed: all,
  }
}

/** Every relation with columns and without rows. */
export const SHAPES: RelationPlan = planRelations([], true)

/** Creates what a plan says in a database; nothing is filled when `bases` is null. */
export async function createRelations(target: Target, plan: RelationPlan, bases: Bases | null): Promise<void> {
  const { connection, database } = target
  if (database !== MAIN_DATABASE) await connection.run(`ATTACH ':memory:' AS ${quoteName(database)}`)
  // Always there, so that a misspelt pond.x is a missing table and not a missing schema.
  await connection.run(
    ['pond', '$pond'].map((schema) => `CREATE SCHEMA ${quoteName(database)}.${quoteName(schema)}`).join('; '),
  )
  for (const base of plan.exist) await fillBase(target, base, plan.fill.has(base) ? bases : null)
  for (const { schema, name, sql } of plan.create) {
    const view = [database, schema, name].map(quoteName).join('.')
    await connection.run(`CREATE VIEW ${view} AS ${inDatabase(sql, database)}`)
  }
  if (plan.isListed) await connection.run(declaredFunctions(database))
}

function inDatabase(sql: string, database: string): string {
  return sql.replaceAll('$db', () => quoteName(database))
}

function closure(names: Iterable<string>): Set<string> {
  const found = new Set<string>()
  const waiting = [...names]
  while (waiting.length > 0) {
    const name = waiting.pop()!
    if (found.has(name)) continue
    found.add(name)
    waiting.push(...(BY_NAME.get(name)!.reads ?? []))
  }
  return found
}

function key(definition: Definition): string {
  return `${definition.schema}.${definition.name}`
}
