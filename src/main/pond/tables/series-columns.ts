/**
 * Checks whether the columns of an append fit the versions of its series: integers beside fractions are read as
 * fractions, text and numbers do not mix. It reads footers only, from the newest version back, until each column
 * has been compared.
 */
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import type { Moment } from '../../steward'
import { readParquetShape, type ByteSource, type ParquetShape } from '../../tables'

/** @throws tables.bad-schema, naming the column, both types and the node version */
export async function checkColumns(moment: Moment, path: string, appended: ByteSource): Promise<void> {
  const shape = await readParquetShape(appended)
  if ('problem' in shape) return
  let open = columnsOf(shape)
  for (const part of (await moment.seriesParts(path)).toReversed()) {
    if (open.length === 0) return
    const reader = await moment.openPart(part)
    try {
      const before = await readParquetShape(reader)
      if ('problem' in before) continue
      const there = new Map(columnsOf(before).map((column) => [column.name, column]))
      for (const column of open) {
        const earlier = there.get(column.name)
        if (earlier !== undefined && clash(column, earlier))
          throw refusal(path, { column, earlier, nodeVersion: part.nodeVersion })
      }
      open = open.filter((column) => !settles(there.get(column.name), column))
    } finally {
      await reader.close()
    }
  }
}

/** How far integers reach: those that a FLOAT holds, those that a DOUBLE holds, all others. */
type Reach = 0 | 1 | 2
interface NumberColumn {
  readonly name: string
  readonly kind: 'integers' | 'FLOAT' | 'DOUBLE' | 'text'
  readonly reach: Reach
}
const EXACT_TO = [2n ** 24n, 2n ** 53n] as const

function clash(one: NumberColumn, before: NumberColumn): boolean {
  if (one.kind === 'text') return before.kind !== 'text'
  const [integers, other] = one.kind === 'integers' ? [one, before] : [before, one]
  if (integers.kind !== 'integers') return false
  return (other.kind === 'FLOAT' && integers.reach > 0) || (other.kind === 'DOUBLE' && integers.reach > 1)
}

/** What stood before an earlier column was compared with it when it was appended. */
function settles(earlier: NumberColumn | undefined, column: NumberColumn): boolean {
  return earlier !== undefined && earlier.kind === column.kind && earlier.reach >= column.reach
}

/** Those that have values and of which some other type may change them. */
function columnsOf(shape: ParquetShape): NumberColumn[] {
  return shape.columns.flatMap(({ name, leaf }) => {
    const kind = leaf === null || leaf.repetition_type === 'REPEATED' ? null : kindOf(leaf)
    if (kind === null) return []
    const { isEmpty, reach } = valuesOf(shape, name, kind)
    return isEmpty ? [] : [{ name, kind, reach }]
  })
}

type Leaf = NonNullable<ParquetShape['columns'][number]['leaf']>

function kindOf({ type, converted_type: converted, logical_type: logical }: Leaf): NumberColumn['kind'] | null {
  if (type === 'FLOAT' || type === 'DOUBLE') return type
  if (type === 'BYTE_ARRAY') return converted === 'UTF8' || logical?.type === 'STRING' ? 'text' : null
  if (type !== 'INT32' && type !== 'INT64') return null
  if (logical !== undefined) return logical.type === 'INTEGER' ? 'integers' : null
  return converted === undefined || /^U?INT_/.test(converted) ? 'integers' : null
}

function valuesOf({ metadata, rowGroups }: ParquetShape, name: string, kind: NumberColumn['kind']) {
  let isEmpty = true
  let reach: Reach = 0
  for (const [index, group] of metadata.row_groups.entries()) {
    const rows = rowGroups[index]?.rows ?? 0
    const chunk = group.columns.find(({ meta_data: meta }) => meta?.path_in_schema.join('\0') === name)
    const statistics = chunk?.meta_data?.statistics
    if (rows === 0 || Number(statistics?.null_count ?? -1) === rows) continue
    isEmpty = false
    if (kind !== 'integers') continue
    for (const value of [statistics?.min_value ?? statistics?.min, statistics?.max_value ?? statistics?.max]) {
      const size = typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : null
      const of = size === null ? 2 : reachOf(size < 0n ? -size : size)
      if (of > reach) reach = of
    }
  }
  return { isEmpty, reach }
}

function reachOf(size: bigint): Reach {
  if (size <= EXACT_TO[0]) return 0
  return size <= EXACT_TO[1] ? 1 : 2
}

function refusal(
  path: string,
  found: { readonly column: NumberColumn; readonly earlier: NumberColumn; readonly nodeVersion: number },
): PondError {
  const { column, earlier, nodeVersion } = found
  const fraction = [column.kind, earlier.kind].find((kind) => kind === 'FLOAT' || kind === 'DOUBLE')
  const why =
    column.kind === 'text'
      ? 'read together, all of them would be text'
      : `some of the integers are beyond what ${fraction} holds exactly, and read together they would change`
  const message = `${quote(path)}: the column ${column.name} has ${column.kind}, and node version ${nodeVersion} has ${earlier.kind}: ${why}`
  return new PondError('tables.bad-schema', message, {
    path,
    column: column.name,
    found: column.kind,
    expected: earlier.kind,
    nodeVersion,
  })
}
