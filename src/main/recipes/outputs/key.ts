/** What names a result by all that determines it: the same key, the same bytes. */
import { createHash } from 'node:crypto'

/** SHA-256 of JSON with sorted names, so that the order in which somebody wrote them does not count. */
export function keyOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex')
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
}

/** An id for what a recipe makes, of version 8 (RFC 9562, 5.8): the same wherever and whenever it is made. */
export function outputId(recipe: string, subPath = ''): string {
  const hex = createHash('sha256').update(`made by ${recipe} ${subPath}`).digest('hex')
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
