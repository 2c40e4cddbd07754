/** Cells of a sheet as somebody says them. */
import { PondError } from '../../../../shared/errors'
import { quote } from '../../../../shared/path'
import { columnOf } from './sheet'

export interface Range {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** `B2:F100`, `B:F`, `2:100`, or one cell, from which on; all that is left out is not bounded. */
export function rangeOf(text: string | undefined): Range {
  const all = { left: 1, right: 16_384, top: 1, bottom: 1_048_576 }
  if (text === undefined) return all
  const match = /^\$?([A-Za-z]{1,3})?\$?(\d{1,7})?(?:(:)\$?([A-Za-z]{1,3})?\$?(\d{1,7})?)?$/.exec(text.trim())
  const [, left, top, colon, right, bottom] = match ?? []
  const range = {
    left: left === undefined ? all.left : columnOf(left),
    top: top === undefined ? all.top : Number(top),
    right:
      right === undefined
        ? colon !== undefined && left !== undefined && top === undefined
          ? columnOf(left)
          : all.right
        : columnOf(right),
    bottom: bottom === undefined ? all.bottom : Number(bottom),
  }
  const isRange = match !== null && (left ?? top ?? right ?? bottom) !== undefined
  if (
    !isRange ||
    range.left > range.right ||
    range.top > range.bottom ||
    range.top < 1 ||
    range.right > all.right ||
    range.bottom > all.bottom
  )
    throw new PondError(
      'query.bad-reading',
      `${quote(text)} is no range of cells: expected one such as B2:F100, B:F or B2`,
      { option: 'range' },
    )
  return range
}
