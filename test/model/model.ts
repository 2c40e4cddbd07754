/**
 * What a pond is, without any of its machinery: the trees of its versions, and the operations that are
 * pending on the last of them. Dependencies, partial commits, discards and undo follow docs/engine.md
 * over plain lists.
 */
import type { FileType, OperationKind } from '../../src/shared/model'
import { entriesOf, entryOf, isWithinPath, partsOf, pathOf, series, within, type Node, type Tree } from './tree'

/** A name in a directory. */
export interface Spot {
  readonly directory: string
  readonly name: string
}

export interface Operation {
  readonly seq: number
  readonly kind: OperationKind
  readonly id: string
  readonly fileType: FileType
  readonly spot: Spot
  /** A rename's origin. */
  readonly from: Spot | null
  /** Of a create and an update: what the node holds then. Of an append: the part that it adds. */
  readonly value: string
  /** An update holds only on the content that it was made on. */
  readonly base: string | null
}

/** An operation with the paths that its entry has when it happens. */
export interface Happened {
  readonly operation: Operation
  readonly path: string
  readonly oldPath: string | null
}

/** What replaying operations on a tree gives; `stuck` is the first that does not hold. */
export interface Replay {
  readonly tree: Tree
  readonly happened: readonly Happened[]
  readonly stuck: Operation | null
}

export function replay(tree: Tree, operations: readonly Operation[]): Replay {
  const now = new Map(tree)
  const happened: Happened[] = []
  for (const operation of operations) {
    if (!holds(now, operation)) return { tree: now, happened, stuck: operation }
    happened.push(happen(now, operation))
  }
  return { tree: now, happened, stuck: null }
}

/** Takes an operation that holds into a tree. */
export function happen(now: Map<string, Node>, operation: Operation): Happened {
  const { kind, id, fileType, spot, value } = operation
  const before = now.get(id)
  const oldPath = before === undefined ? null : pathOf(now, id)
  if (kind === 'create') now.set(id, { id, fileType, ...spot, value })
  else if (kind === 'rename') now.set(id, { ...(before as Node), ...spot })
  else if (kind === 'delete') now.delete(id)
  else if (kind === 'update') now.set(id, { ...(before as Node), fileType, value })
  else now.set(id, { ...(before as Node), value: series([...partsOf((before as Node).value), value]) })
  return {
    operation,
    path: kind === 'delete' ? (oldPath as string) : pathOf(now, id),
    oldPath: kind === 'rename' ? oldPath : null,
  }
}

function holds(tree: Tree, { kind, id, spot, from, base }: Operation): boolean {
  const node = tree.get(id)
  const at = ({ directory, name }: Spot): Node | undefined => entryOf(tree, directory, name)
  switch (kind) {
    case 'create':
      return node === undefined && isDirectory(tree, spot.directory) && at(spot) === undefined
    case 'update':
      return node?.value === base
    case 'append':
      return node?.fileType === 'file:series'
    case 'delete':
      return at(spot)?.id === id && entriesOf(tree, id).length === 0
    case 'rename': {
      if (from === null || at(from)?.id !== id || !isDirectory(tree, spot.directory)) return false
      const there = at(spot)
      return (there === undefined || there.id === id) && !within(tree, id).includes(spot.directory)
    }
  }
}

function isDirectory(tree: Tree, id: string): boolean {
  return pathOf(tree, id) === '/' || tree.get(id)?.fileType === 'directory'
}

/** Something that undo reverses: operations that were discarded, or that displaced others and are pending. */
export interface Reversible {
  readonly kind: 'discard' | 'displacement'
  readonly seqs: ReadonlySet<number>
}

const EMPTY = { versions: [new Map()], staged: [], reversible: [] }

export class Model {
  readonly versions: Tree[]
  /** What each version did, from version 1 on. */
  readonly transactions: (readonly Happened[])[] = []
  /** Everything staged and not committed, discarded or not, by sequence. */
  staged: Operation[]
  /** What undo reverses, the next at the end. */
  reversible: Reversible[]

  /** An empty pond, or one like another. */
  constructor({ versions, staged, reversible }: Pick<Model, 'versions' | 'staged' | 'reversible'> = EMPTY) {
    this.versions = [...versions]
    this.staged = [...staged]
    this.reversible = [...reversible]
  }

  get head(): Tree {
    return this.versions.at(-1) as Tree
  }

  get pending(): readonly Operation[] {
    return this.staged.filter(
      ({ seq }) => !this.reversible.some(({ kind, seqs }) => kind === 'discard' && seqs.has(seq)),
    )
  }

  /** What undo would reverse now: of operations that displaced others, those that are pending still. */
  get undoable(): Reversible | undefined {
    const pending = new Set(this.pending.map(({ seq }) => seq))
    return this.reversible
      .map((each) =>
        each.kind === 'discard' ? each : { ...each, seqs: new Set([...each.seqs].filter((seq) => pending.has(seq))) },
      )
      .findLast(({ seqs }) => seqs.size > 0)
  }

  get now(): Replay {
    return replay(this.head, this.pending)
  }

  /**
   * Commits these, with the operations on directories that are above them now, and what all those depend
   * on. Returns what was committed, as it happened; null where the rest would not hold then: nothing has.
   */
  commit(chosen: ReadonlySet<number>): readonly Happened[] | null {
    const pending = this.pending
    const wanted = new Set([...chosen, ...this.#onDirectoriesAbove(chosen)])
    const taken = closure(pending, wanted, (other, one) => dependsOn(one, other))
    const { tree, happened, stuck } = replay(
      this.head,
      pending.filter(({ seq }) => taken.has(seq)),
    )
    const rest = replay(
      tree,
      pending.filter(({ seq }) => !taken.has(seq)),
    )
    if (stuck !== null || rest.stuck !== null) return null
    if (happened.length === 0) return []
    this.versions.push(tree)
    this.transactions.push(happened)
    this.staged = this.staged.filter(({ seq }) => !taken.has(seq))
    // Discards are for good once nothing is pending any more.
    if (rest.happened.length === 0) {
      this.staged = []
      this.reversible = []
    }
    return happened
  }

  #onDirectoriesAbove(chosen: ReadonlySet<number>): number[] {
    const { tree } = this.now
    const above = new Set<string>()
    for (const { seq, spot } of this.pending) {
      if (!chosen.has(seq)) continue
      for (let id: string | undefined = spot.directory; id !== undefined && tree.has(id); id = tree.get(id)?.directory)
        above.add(id)
    }
    return this.pending.filter(({ id }) => above.has(id)).map(({ seq }) => seq)
  }

  /** Drops these and what depends on them. Null where the rest would not hold then: nothing has happened. */
  discard(chosen: ReadonlySet<number>): number | null {
    const pending = this.pending
    const taken = closure(pending, chosen, (other, one) => needs(other, one))
    const left = pending.filter(({ seq }) => !taken.has(seq))
    if (replay(this.head, left).stuck !== null) return null
    this.reversible.push({ kind: 'discard', seqs: taken })
    return taken.size
  }

  /** Reverses what can be reversed last. Null where that does not hold: nothing has happened. */
  undo(): number | null {
    const last = this.undoable as Reversible
    const before = new Model(this)
    this.reversible.splice(this.reversible.findLastIndex((each) => reverses(each, last)))
    if (last.kind === 'displacement') this.staged = this.staged.filter(({ seq }) => !last.seqs.has(seq))
    if (this.now.stuck === null) return last.seqs.size
    this.staged = before.staged
    this.reversible = before.reversible
    return null
  }

  /** Sequences of the operations on nodes that are or were at or below one of these paths. */
  at(paths: readonly string[]): ReadonlySet<number> {
    const { tree, happened } = this.now
    const here = (path: string | null): boolean => path !== null && paths.some((wanted) => isWithinPath(path, wanted))
    const nodes = new Set<string>()
    for (const each of [this.head, tree]) for (const id of each.keys()) if (here(pathOf(each, id))) nodes.add(id)
    return new Set(
      happened
        .filter(({ operation, path, oldPath }) => nodes.has(operation.id) || here(path) || here(oldPath))
        .map(({ operation }) => operation.seq),
    )
  }
}

function reverses(each: Reversible, last: Reversible): boolean {
  return each.kind === last.kind && [...last.seqs].every((seq) => each.seqs.has(seq))
}

/** The chosen operations and all that `belongs` to one of them, until there is nothing more. */
function closure(
  operations: readonly Operation[],
  chosen: ReadonlySet<number>,
  belongs: (other: Operation, taken: Operation) => boolean,
): ReadonlySet<number> {
  const taken = operations.filter(({ seq }) => chosen.has(seq))
  for (const one of taken) taken.push(...operations.filter((other) => !taken.includes(other) && belongs(other, one)))
  return new Set(taken.map(({ seq }) => seq))
}

/** As `dependsOn`, of what goes with an operation that is dropped: an append minds only what its series is. */
function needs(later: Operation, earlier: Operation): boolean {
  if (earlier.kind !== 'append') return dependsOn(later, earlier)
  return later.seq > earlier.seq && later.id === earlier.id && later.kind !== 'append'
}

/** Whether an operation needs an earlier one: for its node, its places, its directory's birth, an emptied directory. */
function dependsOn(later: Operation, earlier: Operation): boolean {
  const spots = ({ spot, from }: Operation): Spot[] => (from === null ? [spot] : [spot, from])
  const same = (a: Spot, b: Spot): boolean =>
    a.directory === b.directory && a.name.normalize('NFC') === b.name.normalize('NFC')
  if (later.seq <= earlier.seq) return false
  return (
    later.id === earlier.id ||
    spots(later).some((a) => spots(earlier).some((b) => same(a, b))) ||
    (earlier.kind === 'create' && spots(later).some(({ directory }) => directory === earlier.id)) ||
    (later.kind === 'delete' && spots(earlier).some(({ directory }) => directory === later.id))
  )
}
