/** The table types of the base relations that exist in memory only; rows have the oplog's. */
import type { Column, TableType } from '../../tables'
import { ENTRIES_TABLE } from '../../tlogfs'

const string = (name: string): Column => ({ name, type: 'string', nullable: true })
const long = (name: string): Column => ({ name, type: 'long', nullable: true })
const entry = (name: string): Column => ({ ...ENTRIES_TABLE.columns.find((own) => own.name === name)!, nullable: true })

/** A directory's entries, each with the directory and the path that the tree gives it. */
export const DIRECTORY_TABLE: TableType = {
  name: 'directories',
  columns: [string('part_id'), entry('name'), entry('child_node_id'), entry('node_type'), string('path')],
}

export const CHANGE_TABLE: TableType = {
  name: 'changes',
  columns: [
    string('path'),
    string('old_path'),
    string('file_type'),
    string('change'),
    long('size_before'),
    long('size_after'),
  ],
}

export const INFO_TABLE: TableType = { name: 'info', columns: [string('key'), string('value')] }

export const RECIPE_TABLE: TableType = {
  name: 'recipes',
  columns: [
    string('path'),
    string('output'),
    string('factory'),
    string('kind'),
    string('file_type'),
    string('description'),
    string('state'),
    string('problem'),
    long('line'),
    long('column'),
    string('key'),
    long('cached_bytes'),
  ],
}

export const LINEAGE_TABLE: TableType = {
  name: 'lineage',
  columns: [string('output'), string('input'), string('hash'), long('node_version'), string('via')],
}
