/** Table functions of DuckDB by name: those that read files, those that may not run, and the pond's own for Delta tables. */

/** Table functions that take a path first, with the column in which they name the file. */
export const READERS: Readonly<Record<string, { readonly pathColumn: string | null; readonly text?: true }>> = {
  read_csv: { pathColumn: null, text: true },
  read_csv_auto: { pathColumn: null, text: true },
  read_json: { pathColumn: null, text: true },
  read_json_auto: { pathColumn: null, text: true },
  read_json_objects: { pathColumn: null, text: true },
  read_json_objects_auto: { pathColumn: null, text: true },
  read_ndjson: { pathColumn: null, text: true },
  read_ndjson_auto: { pathColumn: null, text: true },
  read_ndjson_objects: { pathColumn: null, text: true },
  read_parquet: { pathColumn: null },
  parquet_scan: { pathColumn: null },
  read_text: { pathColumn: 'filename' },
  read_blob: { pathColumn: 'filename' },
  parquet_metadata: { pathColumn: 'file_name' },
  parquet_schema: { pathColumn: 'file_name' },
  parquet_file_metadata: { pathColumn: 'file_name' },
  parquet_kv_metadata: { pathColumn: 'file_name' },
}

/**
 * Table functions that would run text which was not checked, or that change the instance. DuckDB
 * lets them stand in a SELECT, and the lock on its settings does not cover them.
 */
const FORBIDDEN = new Set([
  'query',
  'query_table',
  'json_execute_serialized_sql',
  'enable_logging',
  'disable_logging',
  'truncate_duckdb_logs',
  'enable_profiling',
  'enable_profile',
  'disable_profiling',
  'disable_profile',
  'checkpoint',
  'force_checkpoint',
  'copy_database',
  'import_database',
  'duckdb_secrets',
  // They tell where this machine keeps its files.
  'duckdb_extensions',
  'duckdb_settings',
  'current_setting',
  'which_secret',
])

/** A function whose calls are bound to files of the pond, or refused. */
export function isTableCall(name: string): boolean {
  return isReader(name) || isForbiddenCall(name) || isDeltaCall(name) || name === 'glob'
}

/** Reads a Delta table that is stored in the pond; under DuckDB's names for it, too, whose extension is not there. */
export function isDeltaCall(name: string): boolean {
  return name === 'delta' || name === 'delta_scan'
}

export function isReader(name: string): boolean {
  return Object.hasOwn(READERS, name)
}

/** A reader that unpacks what it reads. */
export function isTextReader(name: string): boolean {
  return isReader(name) && READERS[name]!.text === true
}

export function isForbiddenCall(name: string): boolean {
  return FORBIDDEN.has(name)
}

/** Settings whose values are of the statement's own doing, or of its pond's configuration. */
const OPEN_SETTINGS = new Set(['memory_limit', 'max_memory', 'threads', 'worker_threads', 'timezone', 'calendar'])

export function isOpenSetting(name: string | null): boolean {
  return name !== null && OPEN_SETTINGS.has(name.toLowerCase())
}
