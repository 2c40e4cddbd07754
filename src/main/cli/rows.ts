/**
 * Prints the rows of a query as they come, aligned for people. Memory is bounded by a batch, except that
 * the first rows are held to find the widths.
 */
import { toText, type RowStream } from '../pond'
import { cut, visible, widthOf } from './display'
import type { Output } from './output'

/** The part of an output that a table needs. */
export type TableOutput = Pick<Output, 'raw' | 'bold' | 'dim'>

/** Rows that decide the widths of a table. */
const MEASURED = 1_000
const MAX_CELL = 60

/** @param limit rows to print at most: a terminal has its limits. Returns the number printed and whether there were more. */
export async function printTable(
  out: TableOutput,
  { columns, batches }: RowStream,
  limit: number,
): Promise<{ rows: number; more: boolean }> {
  let widths: readonly number[] | undefined
  let held: string[][] = []
  let rows = 0
  let more = false
  const right = columns.map(({ type }) => isNumeric(type))
  const line = (cells: readonly string[], style: (text: string) => string = (text) => text): string =>
    cells
      .map((cell, i) => {
        const pad = ' '.repeat(Math.max(0, widths![i]! - widthOf(cell)))
        return right[i] ? pad + style(cell) : style(cell) + pad
      })
      .join('  ')
      .trimEnd()
  const release = async (): Promise<void> => {
    if (widths === undefined) {
      widths = columns.map(({ name }, i) => Math.max(widthOf(visible(name)), ...held.map((row) => widthOf(row[i]!))))
      await out.raw(
        `${line(
          columns.map(({ name }) => visible(name)),
          (text) => out.bold(text),
        )}\n`,
      )
      await out.raw(
        `${line(
          widths.map((width) => '─'.repeat(width)),
          (text) => out.dim(text),
        )}\n`,
      )
    }
    if (held.length > 0) await out.raw(held.map((row) => `${line(row)}\n`).join(''))
    held = []
  }
  reading: for await (const batch of batches) {
    for (const row of batch) {
      if (rows === limit) {
        more = true
        break reading
      }
      held.push(row.map((value) => cellText(value)))
      rows++
      if (held.length === MEASURED) await release()
    }
  }
  await release()
  return { rows, more }
}

function cellText(value: unknown): string {
  return value === null || value === undefined ? 'NULL' : cut(visible(toText(value)), MAX_CELL)
}

function isNumeric(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|U?INTEGER|FLOAT|DOUBLE|DECIMAL\b.*)$/i.test(type)
}
