/**
 * From a path as text to the node it names. Relies on a backend's `lookup` and `readLink` only;
 * promises the semantics of docs/engine.md: links followed at any position relative to their own
 * directory, at most 10 of them, and never a node above the directory the walk began in.
 */
import { isPondError, PondError } from '../../shared/errors'
import { hasTrailingSlash, isWithin, joinNames, parsePath, pathNames, quote, type PondPath } from '../../shared/path'
import { isOwnEntry, type NodeRef, type ReadBackend } from './backend'
import { notADirectory, notFound, readOnly, symlinkLoop } from './refusal'

export const MAX_LINKS = 10

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

export interface WalkOptions {
  /** Follow a symlink at the last name too. */
  readonly follow: boolean
  /** Makes a directory where one is missing on the way; without it that is tinyfs.not-found. */
  readonly makeDirectory?: (parent: NodeRef, name: string) => Promise<NodeRef>
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
  const names: string[] = []
  const nodes: NodeRef[] = [base.node]
  let computed = base.computed ?? false
  let ahead: string[] = pathNames(parsePath(text))
  /** How many of `ahead` were not written by the caller but come from a link's target. */
  let aheadFromLink = 0
  let links = 0
  let link: PondPath | undefined

  while (ahead.length > 0) {
    const [name, ...rest] = ahead as [string, ...string[]]
    const isLast = rest.length === 0
    const directory = nodes.at(-1)!
    if (directory.fileType !== 'directory') throw notADirectory(joinNames(names), directory.fileType)

    const entry = await backend.lookup(directory, name)
    if (entry === undefined) {
      const path = joinNames([...names, name])
      if (isLast) return { path, parent: directory, name, node: undefined, link, computed }
      if (options.makeDirectory === undefined || aheadFromLink > 0) throw notFound(path, link)
      if (computed) throw readOnly(path)
      nodes.push(await options.makeDirectory(directory, name))
      names.push(name)
      ahead = rest
      continue
    }

    if (entry.node.fileType === 'symlink' && (!isLast || options.follow || mustBeDirectory)) {
      if (++links > MAX_LINKS) throw symlinkLoop(joinNames(pathNames(parsePath(text))), MAX_LINKS)
      link = joinNames([...names, entry.name])
      const target = targetNames(base, names, link, await backend.readLink(entry.node))
      names.length = 0
      nodes.length = 1
      computed = base.computed ?? false
      ahead = [...target, ...rest]
      aheadFromLink = target.length + Math.max(0, aheadFromLink - 1)
      continue
    }

    names.push(entry.name)
    nodes.push(entry.node)
    computed ||= !isOwnEntry(directory, entry)
    ahead = rest
    aheadFromLink = Math.max(0, aheadFromLink - 1)
  }

  const path = joinNames(names)
  const node = nodes.at(-1)!
  if (mustBeDirectory && node.fileType !== 'directory') throw notADirectory(path, node.fileType)
  return { path, parent: nodes.at(-2) ?? node, name: names.at(-1) ?? '', node, link, computed }
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
