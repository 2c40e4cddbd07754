/**
 * What a number means by the format of its cell (ECMA-376, 18.8.30 and 18.8.31), and the instants that numbers
 * are: days since the end of 1899, or since 1904.
 */
import { dateText } from '../../out/time-text'

export type NumberKind = 'number' | 'percent' | 'currency' | 'date' | 'time' | 'span'

const MS_PER_DAY = 86_400_000

/** The formats that are not written into a file. */
function builtIn(id: number): NumberKind {
  if (id === 9 || id === 10) return 'percent'
  if ((id >= 5 && id <= 8) || (id >= 41 && id <= 44)) return 'currency'
  if ((id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58))
    return 'date'
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id === 45 || id === 47) return 'time'
  return id === 46 ? 'span' : 'number'
}

/** `code` is undefined for a format that is built in. */
export function numberKind(id: number, code: string | undefined): NumberKind {
  if (code === undefined) return builtIn(id)
  const [first] = code.split(';')
  // Text that is shown, fillers, and what stands in brackets but for times that have passed.
  const plain = first!.replaceAll(/"[^"]*"|\\.|_.|\*./g, '')
  if (/\[(h+|m+|s+)\]/i.test(plain)) return 'span'
  const isMoney = /\[\$[^\]-]+|[$\u20ac\u00a3\u00a5]/.test(first!)
  const bare = plain.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/am\/pm|a\/p/gi, '')
  if (/general/i.test(bare)) return 'number'
  if (/[yd]/i.test(bare) || (/m/i.test(bare) && !/[hs]/i.test(bare))) return 'date'
  if (/[hs]/i.test(bare)) return 'time'
  if (bare.includes('%')) return 'percent'
  return isMoney ? 'currency' : 'number'
}

/** Null for a number that is no day: one before the first, or the 29th of February of 1900, which Excel has. */
export function instantText(
  serial: number,
  is1904: boolean,
): { readonly text: string; readonly isDay: boolean } | null {
  const millis = Math.round(serial * MS_PER_DAY)
  const day = Math.floor(millis / MS_PER_DAY)
  if (day < (is1904 ? 0 : 1) || day > 2_958_465 || (!is1904 && day === 60)) return null
  const since = is1904 ? 1_462 : day < 60 ? 1 : 0
  // The 30th of December of 1899 is day 0 of all that come after the day that never was.
  const text = dateText(day + since - 25_569)
  const rest = millis - day * MS_PER_DAY
  return rest === 0 ? { text, isDay: true } : { text: `${text} ${clockText(rest)}`, isDay: false }
}

/** Hours, minutes, seconds and thousandths of them. */
export function clockText(millis: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const [seconds, rest] = [Math.floor(millis / 1_000), millis % 1_000]
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`
}
