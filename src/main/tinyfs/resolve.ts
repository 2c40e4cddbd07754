/**
 * From a path as text to the node it names. Relies on a backend's `lookup` and `readLink` only;
 * promises the semantics of docs/engine.md: links followed at any position relative to their own
 * directory, at most 10 of them, and never a node above the directory the walk began in.
 */
import { isPondError, PondError } from '../../shared/errors'
import {
  hasTrailingSlash,
  isWithin,
  joinNames,
  parseNames,
  parsePath,
  pathNames,
  quote,
  type PondPath,
} from '../../shared/path'
import { isOwnEntry, type NodeRef, type ReadBackend } from './backend'
import { notADirectory, notFound, readOnly, symlinkLoop } from './refusal'

const MAX_LINKS = 10

/** Where a path leads. */
export interface Resolved {
  /** The true path: no links in it, names as their directories spell them. */
  readonly path: PondPath
  /** The directory that holds (or would hold) the last name. The root is its own parent. */
  readonly parent: NodeRef
  /** The last name of `path`; empty for the root. */
  readonly name: string
  /** Undefined where the last name is free. */
  readonly node: NodeRef | undefined
  /** The last symlink that was followed on the way. */
  readonly link: PondPath | undefined
  /** True where the way goes through a directory that is computed: what is there can only be read. */
  readonly computed: boolean
}

/** The directory a walk begins in and cannot leave. */
export interface WalkBase {
  readonly node: NodeRef
  /** Its path in the whole filesystem: what absolute targets of links are relative to. */
  readonly path: PondPath
  /** As in `Resolved`; default false. */
  readonly computed?: boolean
}

/** The directories that the last walk went through, so that the next one need not look them up again. */
export class WalkMemory {
  #moves: number | undefined
  #names: readonly string[] = []
  #nodes: readonly NodeRef[] = []

  get names(): readonly string[] {
    return this.#names
  }

  /** The directories from the base on that are known under the first of these names. */
  known(backend: ReadBackend, names: readonly string[]): readonly NodeRef[] {
    if (this.#moves !== backend.moves) return []
    let count = 0
    while (count < this.#names.length && this.#names[count] === names[count]) count++
    return this.#nodes.slice(0, count)
  }

  /** Takes the way to a node: what of it is directories. @param moves the backend's as the walk began */
  remember(moves: number | undefined, names: readonly string[], nodes: readonly NodeRef[]): void {
    const isDirectory = nodes.at(-1)?.fileType === 'directory'
    this.#moves = moves
    this.#names = isDirectory ? names : names.slice(0, -1)
    this.#nodes = isDirectory ? nodes : nodes.slice(0, -1)
  }
}

export interface WalkOptions {
  /** Follow a symlink at the last name too. */
  readonly follow: boolean
  /** Of walks from the same base over the same backend. */
  readonly memory?: WalkMemory
  /**
   * Makes a directory where one is missing on the way; without it that is tinyfs.not-found. Resolves to the
   * refusal where the name was taken since it was looked up.
   */
  readonly makeDirectory?: (parent: NodeRef, name: string) => Promise<NodeRef | PondError>
}

/**
 * Paths in and out are relative to `base`, written absolute. A missing last name is a result; a
 * missing directory before it is an error. A trailing slash asks for a directory, through a link too.
 * @throws tinyfs.not-found, tinyfs.not-a-directory, tinyfs.symlink-loop, tinyfs.above-root, tinyfs.bad-name
 */
export async function walk(
  backend: ReadBackend,
  base: WalkBase,
  text: string,
  options: WalkOptions,
): Promise<Resolved> {
  const mustBeDirectory = hasTrailingSlash(text)
  // Computed directories are not remembered: what is stored may take their place.
  const memory = base.computed === true ? undefined : options.memory
  const { moves } = backend
  const written = parseNames(text, memory?.names)
  const known = memory?.known(backend, written) ?? []
  const names: string[] = written.slice(0, known.length)
  const nodes: NodeRef[] = [base.node, ...known]
  let computed = base.computed ?? false
  /** The next name is the last of these: a name is taken off without moving the others. */
  const ahead: string[] = written.slice(known.length).reverse()
  /** How many of `ahead` were not written by the caller but come from a link's target. */
  let aheadFromLink = 0
  let links = 0
  let link: PondPath | undefined
  const arrive = (found: Pick<Resolved, 'parent' | 'name' | 'node' | 'path'>): Resolved => {
    if (!computed) memory?.remember(moves, names, nodes.slice(1))
    return { ...found, link, computed }
  }

  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    const isLast = ahead.length === 0
    const directory = nodes.at(-1)!
    if (directory.fileType !== 'directory') throw notADirectory(joinNames(names), directory.fileType)

    const entry = await backend.lookup(directory, name)
    if (entry === undefined) {
      const path = joinNames([...names, name])
      if (isLast) return arrive({ path, parent: directory, name, node: undefined })
      if (options.makeDirectory === undefined || aheadFromLink > 0) throw notFound(path, link)
      if (computed) throw readOnly(path)
      const made = await options.makeDirectory(directory, name)
      if (!(made instanceof PondError)) {
        nodes.push(made)
        names.push(name)
      } else if ((await backend.lookup(directory, name)) === undefined) throw made
      // Whoever took the name meanwhile made what is missing, or is in the way: the next look tells.
      else ahead.push(name)
      continue
    }

    if (entry.node.fileType === 'symlink' && (!isLast || options.follow || mustBeDirectory)) {
      if (++links > MAX_LINKS) throw symlinkLoop(joinNames(written), MAX_LINKS)
      link = joinNames([...names, entry.name])
      const target = targetNames(base, names, link, await backend.readLink(entry.node))
      names.length = 0
      nodes.length = 1
      computed = base.computed ?? false
      ahead.push(...target.toReversed())
      aheadFromLink = target.length + Math.max(0, aheadFromLink - 1)
      continue
    }

    names.push(entry.name)
    nodes.push(entry.node)
    computed ||= !isOwnEntry(directory, entry)
    aheadFromLink = Math.max(0, aheadFromLink - 1)
  }

  const path = joinNames(names)
  const node = nodes.at(-1)!
  if (mustBeDirectory && node.fileType !== 'directory') throw notADirectory(path, node.fileType)
  return arrive({ path, parent: nodes.at(-2) ?? node, name: names.at(-1) ?? '', node })
}

/** The names, from the base, that a link's target stands for. */
function targetNames(base: WalkBase, directory: readonly string[], link: PondPath, target: string): string[] {
  const outside = (cause?: unknown): PondError => {
    const message = `the link ${quote(link)} points to ${quote(target)}, above the root`
    return new PondError('tinyfs.above-root', message, { path: link, target }, cause)
  }
  try {
    if (!target.startsWith('/')) return pathNames(parsePath(`${joinNames(directory)}/${target}`))
    const path = parsePath(target)
    if (!isWithin(path, base.path)) throw outside()
    return pathNames(path).slice(pathNames(base.path).length)
  } catch (error) {
    throw isPondError(error, 'tinyfs.above-root') && error.detail.target === undefined ? outside(error) : error
  }
}
