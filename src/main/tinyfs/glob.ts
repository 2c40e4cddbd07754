/**
 * Patterns over a whole tree: `*` `?` `[a-z]` `{a,b}` within a name, `**` for any number of
 * directories. Relies on a filesystem to follow links; promises each directory is visited once for
 * each place in the pattern, so that every pattern ends on every tree. Semantics in docs/engine.md.
 */
import { PondError } from '../../shared/errors'
import { childPath, compareUtf8, quote, ROOT, type PondPath } from '../../shared/path'
import type { Pace } from '../platform'
import type { NodeId, NodeRef } from './backend'
import type { Listed, ReadFileSystem } from './read-filesystem'
import { compileName, type NamePattern } from './name-pattern'
import { visitLoop } from './refusal'

export interface GlobOptions {
  /** Let wildcards match names that begin with a dot. */
  readonly all?: boolean
}

export interface GlobMatch extends Listed {
  /** As the pattern reached it: links in the middle are spelled, not replaced. */
  readonly path: PondPath
  /** A symlink at the end is itself, not what it points to. */
  readonly node: NodeRef
  /** What each wildcard matched, from the left; `**` gives directory names joined by `/`. */
  readonly captures: readonly string[]
}

/**
 * What a pattern matches, ordered by the UTF-8 bytes of the paths. A trailing `**` matches everything
 * below, a trailing slash directories only. Links are followed in the middle, never by `**`.
 * @throws tinyfs.bad-pattern, tinyfs.above-root; tinyfs.visit-loop where a directory contains itself
 */
export async function glob(
  fs: ReadFileSystem,
  pattern: string,
  { all = false }: GlobOptions = {},
): Promise<readonly GlobMatch[]> {
  const segments = parsePattern(pattern)
  if (segments.length === 0) return [{ name: '', path: ROOT, node: fs.root, captures: [] }]
  const search = new Search(fs, segments, { all, directoriesOnly: pattern.endsWith('/') })
  const matches = await search.run()
  // What one directory gave comes in order already.
  const isSorted = matches.every((match, i) => i === 0 || compareUtf8(matches[i - 1]!.path, match.path) <= 0)
  return isSorted ? matches : matches.sort((a, b) => compareUtf8(a.path, b.path))
}

/** How many captures a match of the pattern has. @throws tinyfs.bad-pattern, tinyfs.above-root */
export function countCaptures(pattern: string): number {
  return parsePattern(pattern).reduce((sum, segment) => sum + (segment === '**' ? 1 : segment.captures), 0)
}

type Segment = NamePattern | '**'

function parsePattern(pattern: string): readonly Segment[] {
  refuseBracesOverSlash(pattern)
  const names: string[] = []
  for (const part of pattern.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') names.push(part)
    else if (names.pop() === undefined) {
      throw new PondError('tinyfs.above-root', `${quote(pattern)} leads above the root of the pond`, { path: pattern })
    }
  }
  return names.map((name) => (name === '**' ? '**' : compileName(name)))
}

/** `{a/b,c}` would silently match nothing once it is cut at its slash. */
function refuseBracesOverSlash(pattern: string): void {
  const open: { comma: boolean; slash: boolean }[] = []
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]
    const inner = open.at(-1)
    if (char === '\\') at++
    else if (char === '{') open.push({ comma: false, slash: false })
    else if (char === ',' && inner !== undefined) inner.comma = true
    else if (char === '/' && inner !== undefined) inner.slash = true
    else if (char === '}' && inner !== undefined) {
      if (inner.comma && inner.slash) {
        const message = `${quote(pattern)} is no pattern: braces stay within one name`
        throw new PondError('tinyfs.bad-pattern', message, { pattern })
      }
      open.pop()
    }
  }
}

/** A directory at a place in the pattern. */
interface Place {
  readonly directory: NodeRef
  readonly path: PondPath
  readonly segment: number
  readonly captures: readonly string[]
  /** What a `**` that is still going has taken so far, slashes between; and the directories it came through. */
  readonly run: string
  readonly above: Above | undefined
}

/** A directory with those above it. They are looked at only where one was met before, as only damage makes it. */
interface Above {
  readonly id: NodeId
  readonly above: Above | undefined
}

/** Directories that are read ahead at once. */
const AHEAD = 1_000

class Search {
  readonly #fs: ReadFileSystem
  readonly #segments: readonly Segment[]
  readonly #options: { readonly all: boolean; readonly directoriesOnly: boolean }
  readonly #visited = new Set<string>()
  readonly #matches: GlobMatch[] = []
  readonly #ahead = new Set<NodeId>()
  readonly #pace: Pace | undefined
  #places: Place[]
  /** Directories that links and computed entries lead to wait: one reached in two ways is reported by its own path. */
  #throughOthers: Place[] = []

  constructor(
    fs: ReadFileSystem,
    segments: readonly Segment[],
    options: { readonly all: boolean; readonly directoriesOnly: boolean },
  ) {
    this.#fs = fs
    this.#segments = segments
    this.#options = options
    this.#pace = fs.backend.pace
    this.#places = [{ directory: fs.root, path: ROOT, segment: 0, captures: [], run: '', above: undefined }]
  }

  async run(): Promise<GlobMatch[]> {
    while (this.#places.length > 0) {
      await this.#readAhead()
      const place = this.#places.pop()!
      if (!this.#isVisited(place.directory, place.segment)) {
        this.#visited.add(visitKey(place.directory, place.segment))
        const segment = this.#segments[place.segment]!
        if (segment === '**') await this.#any(place)
        else await this.#named(place, segment)
      }
      if (this.#places.length === 0) [this.#places, this.#throughOthers] = [this.#throughOthers, []]
    }
    return this.#matches
  }

  #isVisited(directory: NodeRef, segment: number): boolean {
    return this.#visited.has(visitKey(directory, segment))
  }

  /** The directories that come next, where they were not read ahead with others before. */
  async #readAhead(): Promise<void> {
    const first = this.#places.at(-1)!.directory
    if (this.#ahead.has(first.id)) return
    const directories: NodeRef[] = []
    for (let i = this.#places.length - 1; i >= 0 && directories.length < AHEAD; i--) {
      const { directory } = this.#places[i]!
      if (this.#ahead.has(directory.id)) continue
      this.#ahead.add(directory.id)
      directories.push(directory)
    }
    if (directories.length > 1) await this.#fs.backend.readAheadEntries?.(directories)
  }

  async #named(place: Place, pattern: NamePattern): Promise<void> {
    if (pattern.literal !== undefined) {
      const entry = await this.#fs.backend.lookup(place.directory, pattern.literal)
      if (entry !== undefined) await this.#step(place, entry.name, entry.node, [])
      return
    }
    for (const { name, node } of await this.#fs.backend.entries(place.directory)) {
      if (this.#pace?.due) await this.#pace.rest()
      const captures = pattern.match(name, this.#options.all)
      if (captures !== undefined) await this.#step(place, name, node, captures)
    }
  }

  /** `**`: no directory, or one more of them. */
  async #any(place: Place): Promise<void> {
    const isLast = place.segment === this.#segments.length - 1
    const above: Above = { id: place.directory.id, above: place.above }
    for (const { name, node } of await this.#fs.backend.entries(place.directory)) {
      if (this.#pace?.due) await this.#pace.rest()
      if (name.startsWith('.') && !this.#options.all) continue
      const path = childPath(place.path, name)
      const run = place.run === '' ? name : `${place.run}/${name}`
      if (isLast) await this.#report({ name, path, node, captures: [...place.captures, run] })
      if (node.fileType !== 'directory') continue
      if (this.#isVisited(node, place.segment) && isIn(above, node.id)) throw visitLoop(path)
      this.#enter(place, { ...place, directory: node, path, run, above })
    }
    // Taken up before the directories: as little as it can.
    if (!isLast) this.#places.push(this.#after(place, [place.run]))
  }

  async #step(place: Place, name: string, node: NodeRef, captures: readonly string[]): Promise<void> {
    const path = childPath(place.path, name)
    const next = { ...this.#after(place, captures), path }
    if (next.segment === this.#segments.length) return this.#report({ name, path, node, captures: next.captures })
    if (node.fileType === 'directory') this.#enter(place, { ...next, directory: node })
    const target = node.fileType === 'symlink' ? await this.#fs.follow(path) : undefined
    if (target?.fileType === 'directory') this.#throughOthers.push({ ...next, directory: target })
  }

  /** What only a computed entry leads to waits as what links lead to does. */
  #enter(from: Place, to: Place): void {
    const isOwn = to.directory.parentId === from.directory.id
    ;(isOwn ? this.#places : this.#throughOthers).push(to)
  }

  #after(place: Place, captures: readonly string[]): Place {
    return {
      ...place,
      segment: place.segment + 1,
      captures: [...place.captures, ...captures],
      run: '',
      above: undefined,
    }
  }

  async #report(match: GlobMatch): Promise<void> {
    const { node, path } = match
    if (this.#options.directoriesOnly && node.fileType !== 'directory') {
      const target = node.fileType === 'symlink' ? await this.#fs.follow(path) : undefined
      if (target?.fileType !== 'directory') return
    }
    this.#matches.push(match)
  }
}

function visitKey({ id }: NodeRef, segment: number): string {
  return `${id} ${segment}`
}

function isIn(above: Above | undefined, id: NodeId): boolean {
  for (let at = above; at !== undefined; at = at.above) if (at.id === id) return true
  return false
}
