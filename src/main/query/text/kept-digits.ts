/** Whether a DOUBLE keeps the digits that a number has before its point. */

/** More of them than it keeps of every number. */
const LONG = /^([+-]?0*[1-9]\d{15,})\.(\d*)$/

/** Of an integer, whether a double holds it. */
export function isExact(text: string): boolean {
  const digits = text.replace('+', '')
  if (digits.length <= 15) return true
  const number = Number(digits)
  return Number.isFinite(number) && BigInt(number) === BigInt(digits)
}

/** Of a number with a point, whether it would be robbed: of so many digits, those behind the point are no use. */
export function isRobbed(text: string): boolean {
  const [, whole, fraction] = LONG.exec(text) ?? []
  return whole !== undefined && (/[1-9]/.test(fraction!) || !isExact(whole))
}
