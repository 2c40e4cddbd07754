/** The refusals of this layer, one function per kind, so that every operation words them alike. */
import type { FileType } from '../../shared/model'
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'

/** `link` is the symlink that led to `path`, where one did. */
export function notFound(path: string, link?: string): PondError {
  if (link === undefined || link === path)
    return new PondError('tinyfs.not-found', `${quote(path)} does not exist`, { path })
  const message = `${quote(path)} does not exist: the link ${quote(link)} points there`
  return new PondError('tinyfs.not-found', message, { path, link })
}

export function notADirectory(path: string, found: FileType): PondError {
  const message = `expected a directory at ${quote(path)}, found ${describeType(found)}`
  return new PondError('tinyfs.not-a-directory', message, { path, found })
}

export function isADirectory(path: string): PondError {
  return new PondError('tinyfs.is-a-directory', `expected a file at ${quote(path)}, found a directory`, { path })
}

export function notASymlink(path: string, found: FileType): PondError {
  const message = `expected a link at ${quote(path)}, found ${describeType(found)}`
  return new PondError('tinyfs.not-a-symlink', message, { path, found })
}

/** `existing` is the name that is in the way: an NFC twin of the wanted one looks the same but is not. */
export function alreadyExists(path: string, found: FileType, existing: string): PondError {
  const twin = !path.endsWith(`/${existing}`)
  const message = twin
    ? `cannot create ${quote(path)}: a name that looks the same but is encoded differently is already taken by ${describeType(found)}`
    : `${quote(path)} already exists: it is ${describeType(found)}`
  return new PondError('tinyfs.exists', message, { path, found, existing })
}

export function notEmpty(path: string): PondError {
  return new PondError('tinyfs.not-empty', `the directory ${quote(path)} is not empty`, { path })
}

export function intoItself(from: string, to: string): PondError {
  const message = `${quote(from)} cannot be moved to ${quote(to)}, which is inside it`
  return new PondError('tinyfs.into-itself', message, { path: from, to })
}

export function symlinkLoop(path: string, limit: number): PondError {
  const message = `too many links on the way to ${quote(path)}: at most ${limit} are followed`
  return new PondError('tinyfs.symlink-loop', message, { path, limit })
}

export function visitLoop(path: string): PondError {
  return new PondError('tinyfs.visit-loop', `the directory ${quote(path)} contains itself`, { path })
}

export function rootRefused(what: string): PondError {
  return new PondError('tinyfs.root', `the root directory cannot be ${what}`, { path: '/' })
}

/** @param by what computes it, where that is known */
export function readOnly(path: string, by?: string): PondError {
  const how = by === undefined ? 'computed' : `computed by ${quote(by)}`
  const message = `${quote(path)} cannot be changed: what is there is ${how}, not stored`
  return new PondError('tinyfs.read-only', message, { path, ...(by !== undefined && { by }) })
}

export function tooLarge(path: string, size: number, limit: number): PondError {
  const message = `${quote(path)} has ${size} bytes, at most ${limit} are read at once`
  return new PondError('tinyfs.too-large', message, { path, size, limit })
}

function describeType(type: FileType): string {
  if (type === 'directory') return 'a directory'
  return type === 'symlink' ? 'a link' : 'a file'
}
