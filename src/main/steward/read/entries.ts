/** From nodes and their metadata to the entries that people see, with what is pending on them. */
import { mediaTypeOf } from '../../../shared/media-type'
import type { ChangeKind, CommitOutcome, Entry, RecipeOf, ViewDefinition } from '../../../shared/model'
import { joinNames, pathNames, type PondPath } from '../../../shared/path'
import { Overlay, type NodeState, type View } from '../../tlogfs'
import type { Metadata, NodeRef } from '../../tinyfs'

/** What is pending of one entry. */
export interface PendingOfEntry {
  readonly change: ChangeKind | null
  readonly oldPath: string | null
  /** Changed entries at and below it, of a directory. */
  readonly below: number
}

const NOTHING: PendingOfEntry = { change: null, oldPath: null, below: 0 }

/** Costs a few looks, however much is pending. */
export async function pendingOf(backend: View | Overlay, { id, fileType }: NodeRef): Promise<PendingOfEntry> {
  if (!(backend instanceof Overlay)) return NOTHING
  const change = await backend.changeOf(id)
  const below = fileType === 'directory' ? backend.changesBelow(id) + (change === null ? 0 : 1) : 0
  return change === null && below === 0
    ? NOTHING
    : { change: change?.change ?? null, oldPath: change?.oldPath ?? null, below }
}

/** A node as it was reached. */
export interface Reached {
  /** From the directory in which reading begins. */
  readonly path: string
  readonly name: string
  readonly metadata: Metadata
  /** Of a symlink, as written. */
  readonly target: string | null
}

export function entryOf({ path, name, metadata, target }: Reached, pending: PendingOfEntry): Entry {
  const { node } = metadata
  return {
    path,
    name,
    nodeId: node.id,
    fileType: node.fileType,
    size: metadata.size,
    sha256: metadata.sha256,
    nodeVersion: metadata.nodeVersion,
    modifiedAt: metadata.modifiedAt,
    mediaType: mediaType(name, metadata),
    target,
    change: pending.change,
    oldPath: pending.oldPath,
    pendingBelow: pending.below,
    ...viewOf(metadata),
    ...recipeOf(path, metadata),
  }
}

/** What a stage answers with, where it committed as well: nothing of it is pending any more. */
export function asCommitted(entry: Entry, commit: CommitOutcome | null): Entry {
  return commit?.outcome === 'committed' ? { ...entry, change: null, oldPath: null, pendingBelow: 0 } : entry
}

/** An entry of a node that is pending deletion, as it was. */
export function deletedEntry(path: PondPath, state: NodeState): Entry {
  const { node, name, size, sha256, nodeVersion, modifiedAt, target } = state
  return {
    path,
    name,
    nodeId: node.id,
    fileType: node.fileType,
    size,
    sha256,
    nodeVersion,
    modifiedAt,
    mediaType: mediaType(name, state),
    target,
    change: 'deleted' satisfies ChangeKind,
    oldPath: null,
    pendingBelow: 0,
  }
}

/** A stored directory keeps no such attribute: it comes from the provider alone. */
function viewOf({ node, nodeVersion, attributes }: Metadata): { readonly view?: ViewDefinition } {
  const { view } = attributes
  const isView = node.fileType === 'directory' && nodeVersion === 0 && typeof view === 'object'
  return isView ? { view: view as ViewDefinition } : {}
}

/** Of what is computed: the attribute comes from what computes it, and stored nodes have versions. */
function recipeOf(path: string, { nodeVersion, attributes }: Metadata): { readonly recipe?: RecipeOf } {
  const { recipe } = attributes
  if (nodeVersion !== 0 || typeof recipe !== 'object' || recipe === null) return {}
  const { name, at, factory, problem, description } = recipe as RecipeAttribute
  const beside = pathNames(path as PondPath).slice(0, -at.split('/').length)
  return { recipe: { path: joinNames([...beside, `${name}.recipe.yaml`]), factory, problem, description } }
}

interface RecipeAttribute extends Omit<RecipeOf, 'path'> {
  /** Of what the recipe makes. */
  readonly name: string
  /** Where this stands from the recipe's directory. */
  readonly at: string
}

function mediaType(name: string, { node, attributes }: Pick<Metadata, 'node' | 'attributes'>): string | null {
  return node.fileType.startsWith('file:') ? mediaTypeOf(name, attributes) : null
}
