/**
 * Names for what a view's pattern found: a template filled with the pattern's captures, or the path.
 * Every entry gets a legal name of its own, and which one depends on nothing but what was found.
 */
import { createHash } from 'node:crypto'
import { checkName } from '../../../shared/path'
import type { Pace } from '../../platform'

/** What stands for a slash in a name. */
const FOR_SLASH = '-'
const MAX_NAME_BYTES = 255

export interface Nameable {
  readonly path: string
  readonly captures: readonly string[]
}

/** `$0` is the first capture, `$$` a dollar. Undefined where the template asks for more captures than there are. */
export function readTemplate(template: string, captures: number): ((found: Nameable) => string) | undefined {
  for (const [, index] of template.matchAll(/\$(?:\$|(\d+))/g)) {
    if (index !== undefined && Number(index) >= captures) return undefined
  }
  return (found) =>
    withoutSlashes(
      template.replace(/\$(?:\$|(\d+))/g, (_, index?: string) =>
        index === undefined ? '$' : found.captures[Number(index)]!,
      ),
    )
}

/** The path below the root, with its slashes made safe. */
export function pathAsName({ path }: Nameable): string {
  return withoutSlashes(path.slice(1))
}

/**
 * One name for each, no two of them equal after NFC. Where several would get the same, or one that is no
 * name, each of those gets its path instead: none of them silently takes the place of another. Paths
 * that end up the same are counted, in the order in which they come.
 */
export async function nameEach(
  found: readonly Nameable[],
  nameOf: (found: Nameable) => string,
  pace: Pace | undefined,
): Promise<readonly string[]> {
  const wanted: { readonly name: string; readonly key: string }[] = []
  const claims = new Map<string, number>()
  for (const one of found) {
    if (pace?.due) await pace.rest()
    const name = nameOf(one)
    const key = name.normalize('NFC')
    wanted.push({ name, key })
    claims.set(key, (claims.get(key) ?? 0) + 1)
  }
  const isGiven = wanted.map(({ name, key }) => claims.get(key) === 1 && isName(name))
  const taken = new Set(wanted.filter((_, i) => isGiven[i]).map(({ key }) => key))
  const names: string[] = []
  for (const [i, one] of found.entries()) {
    if (pace?.due) await pace.rest()
    const name = isGiven[i] ? wanted[i]!.name : firstFree(shortened(pathAsName(one)), taken)
    taken.add(name.normalize('NFC'))
    names.push(name)
  }
  return names
}

function firstFree(name: string, taken: ReadonlySet<string>): string {
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : shortened(`${stem} (${n})${ending}`)
    if (!taken.has(free.normalize('NFC'))) return free
  }
}

/** The end of what is too long for a name, behind a mark of the whole. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name
  const mark = `${createHash('sha256').update(name).digest('hex').slice(0, 8)}${FOR_SLASH}`
  const chars = [...name]
  let end = ''
  for (let char = chars.pop(); char !== undefined; char = chars.pop()) {
    if (Buffer.byteLength(mark + char + end) > MAX_NAME_BYTES) break
    end = char + end
  }
  return mark + end
}

function isName(text: string): boolean {
  try {
    checkName(text)
    return true
  } catch {
    return false
  }
}

function withoutSlashes(text: string): string {
  return text.replaceAll('/', FOR_SLASH)
}
