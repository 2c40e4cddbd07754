/**
 * Names and absolute paths inside a pond: pure text rules, shared by every runtime.
 * A path is `/`-separated and absolute; a name is 1 to 255 UTF-8 bytes without `/` and NUL.
 */
import { PondError } from './errors'

export type PondPath = string & { readonly __brand: 'PondPath' }

export const ROOT = '/' as PondPath
const MAX_NAME_BYTES = 255
const encoder = new TextEncoder()

/**
 * Normalises an absolute or root-relative path: `.` and repeated slashes vanish, `..` climbs.
 * A trailing slash is dropped here; ask `hasTrailingSlash` first where it matters.
 * @throws tinyfs.above-root, tinyfs.bad-name
 */
export function parsePath(text: string): PondPath {
  return joinNames(parseNames(text))
}

/**
 * The names of such a path. @param known names that were checked before: those that are the same here, at the same
 * place, are not checked again. @throws tinyfs.above-root, tinyfs.bad-name
 */
export function parseNames(text: string, known: readonly string[] = []): string[] {
  mustBeText(text)
  const names: string[] = []
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (names.length === 0) {
        throw new PondError('tinyfs.above-root', `${quote(text)} leads above the root of the pond`, { path: text })
      }
      names.pop()
    } else {
      if (part !== known[names.length]) checkName(part)
      names.push(part)
    }
  }
  return names
}

/** @throws tinyfs.bad-name */
export function checkName(name: string): void {
  const bad = (why: string): never => {
    throw new PondError('tinyfs.bad-name', `${quote(name)} cannot be a name: ${why}`, { name })
  }
  if (name === '' || name === '.' || name === '..') bad('it is reserved')
  if (name.includes('/') || name.includes('\0')) bad('a name has neither "/" nor NUL')
  if (!name.isWellFormed()) bad('it is not valid Unicode')
  const bytes = encoder.encode(name).length
  if (bytes > MAX_NAME_BYTES) bad(`it has ${bytes} bytes, at most ${MAX_NAME_BYTES} are allowed`)
}

export function hasTrailingSlash(text: string): boolean {
  mustBeText(text)
  return text.length > 1 && text.endsWith('/')
}

/** What a script hands over has been checked by nobody. */
function mustBeText(path: unknown): void {
  if (typeof path !== 'string') throw new PondError('tinyfs.bad-name', `expected a path as text, found ${typeof path}`)
}

export function pathNames(path: PondPath): string[] {
  return path === '/' ? [] : path.slice(1).split('/')
}

export function joinNames(names: readonly string[]): PondPath {
  // Joined at once: a text that is put together of parts keeps them, and there may be many paths.
  return (names.length === 0 ? '/' : ['', ...names].join('/')) as PondPath
}

/** The path of `name` in `directory`. The name is taken as it is: check it first. */
export function childPath(directory: PondPath, name: string): PondPath {
  return (directory === '/' ? `/${name}` : `${directory}/${name}`) as PondPath
}

/** The directory that holds `path`; the root holds itself. */
export function parentPath(path: PondPath): PondPath {
  return joinNames(pathNames(path).slice(0, -1))
}

/** The last name; empty for the root. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function isWithin(path: string, directory: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`)
}

const ALIKE = 256

/**
 * Orders text by its UTF-8 bytes, as the pond lists names. JavaScript compares UTF-16 units, which
 * differs for characters beyond U+FFFF against U+E000..U+FFFF; only surrogates need a correction.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  // Deep paths begin alike for long: so much is compared at once.
  let start = 0
  while (start + ALIKE <= length && a.slice(start, start + ALIKE) === b.slice(start, start + ALIKE)) start += ALIKE
  for (let i = start; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) {
      const xSurrogate = x >= 0xd800 && x <= 0xdfff
      const ySurrogate = y >= 0xd800 && y <= 0xdfff
      if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1
      return x - y
    }
  }
  return a.length - b.length
}

/** Text in double quotes with control characters escaped: safe to print wherever it came from. */
export function quote(text: string): string {
  return `"${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029"\\]/g, (c) => {
    if (c === '\n') return '\\n'
    if (c === '\t') return '\\t'
    if (c === '"' || c === '\\') return `\\${c}`
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`
  })}"`
}
