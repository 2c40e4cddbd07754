/**
 * What a pattern matches, once more: by trying every way through a small tree, each segment a regular
 * expression. Slow, and shares nothing with `glob.ts`; where they disagree, one of them is wrong.
 */
import type { ModelFileSystem } from './model'

/** One way in which a pattern reaches an entry. */
export interface Way {
  /** As the pattern spells it, links and all. */
  readonly path: string
  /** Where the entry is: the true path of its directory, and its name. */
  readonly place: string
  readonly captures: readonly string[]
}

export interface Question {
  readonly model: ModelFileSystem
  readonly segments: readonly string[]
  readonly all: boolean
  /** Names of directories that one `**` may take, so that every question ends. */
  readonly deepest?: number
}

/** Every way, in no order. */
export function waysOf({ model, segments, all, deepest = 8 }: Question): Way[] {
  const ways: Way[] = []
  const go = (
    directory: string,
    path: string,
    left: readonly string[],
    captures: readonly string[],
    run: readonly string[],
  ): void => {
    const [segment, ...rest] = left
    for (const { name, kind } of childrenOf(model, directory)) {
      const [place, at] = [`${directory}/${name}`, `${path}/${name}`]
      if (segment === '**') {
        if (name.startsWith('.') && !all) continue
        const taken = [...run, name]
        if (rest.length === 0) ways.push({ path: at, place, captures: [...captures, taken.join('/')] })
        if (kind === 'directory' && taken.length < deepest) go(place, at, left, captures, taken)
        continue
      }
      for (const found of matchesOf(segment!, name, all)) {
        if (rest.length === 0) ways.push({ path: at, place, captures: [...captures, ...found] })
        else {
          const inside = kind === 'symlink' ? model.trueDirectory(at) : kind === 'directory' ? place : undefined
          if (inside !== undefined) go(inside, at, rest, [...captures, ...found], [])
        }
      }
    }
    if (segment === '**' && rest.length > 0) go(directory, path, rest, [...captures, run.join('/')], [])
  }
  go('', '', segments, [], [])
  return ways
}

/** The names that captures stand for, put back where the wildcards were: the path again. */
export function fillIn(segments: readonly string[], captures: readonly string[]): string {
  const left = [...captures]
  const names = segments.map((segment) => {
    if (segment === '**') return left.shift()!
    return segment.replace(/\*|\?|\[[^\]]*\]|\{[^}]*\}/g, () => left.shift()!)
  })
  return names
    .filter((name) => name !== '')
    .map((name) => `/${name}`)
    .join('')
}

function childrenOf(model: ModelFileSystem, directory: string): { readonly name: string; readonly kind: string }[] {
  return [...model.entries].flatMap(([path, { kind }]) => {
    const cut = path.lastIndexOf('/')
    return path.slice(0, cut) === directory ? [{ name: path.slice(cut + 1), kind }] : []
  })
}

/** Captures of each alternative that the braces stand for and that matches; braces do not nest here. */
function matchesOf(segment: string, name: string, all: boolean): string[][] {
  const found: string[][] = []
  for (const { text, chosen } of expand(segment)) {
    if (name.startsWith('.') && !all && !text.startsWith('.')) continue
    const source = text.replace(/\*|\?|\[[^\]]*\]|\u0001|[^*?[]/g, (piece) => {
      if (piece === '*') return '(.*?)'
      if (piece === '?') return '(.)'
      if (piece === '\u0001') return '()'
      return piece.startsWith('[') ? `(${piece.replace('[!', '[^')})` : piece.replace(/[.+^$()|{}\\/-]/, '\\$&')
    })
    const match = new RegExp(`^${source}$`, 'us').exec(name)
    if (match === null) continue
    const left = [...chosen]
    const groups = [...source.matchAll(/\(\)|\(\.\*\?\)|\(\.\)|\(\[/g)].map(([group]) => group)
    found.push(groups.map((group, i) => (group === '()' ? left.shift()! : match[i + 1]!)))
  }
  return found
}

/** Braces by hand; where one was, a mark that captures what was chosen. */
function expand(segment: string): { readonly text: string; readonly chosen: readonly string[] }[] {
  const brace = /\{([^}]*)\}/.exec(segment)
  if (brace === null) return [{ text: segment, chosen: [] }]
  const before = segment.slice(0, brace.index)
  const after = segment.slice(brace.index + brace[0].length)
  return brace[1]!
    .split(',')
    .flatMap((choice) =>
      expand(after).map((rest) => ({ text: `${before}${choice}\u0001${rest.text}`, chosen: [choice, ...rest.chosen] })),
    )
}
