/** What a pond is, as plain values, and random work that is valid on it. */
import { createHash } from 'node:crypto'
import type { Prng } from '../../src/main/platform/sim'
import type { ReadFileSystem } from '../../src/main/tinyfs'
import { readTree } from '../../src/main/tinyfs/testing/tree'

/** By path: `directory`, `link <target>` or `file <size> <hash>`. */
export type Tree = ReadonlyMap<string, string>

export interface PondState {
  /** By version, from 0. */
  readonly versions: readonly Tree[]
  readonly pending: Tree
  /** How many are pending. */
  readonly operations: number
  /** After each pending change: what there was then, and how many operations had been staged. */
  readonly steps: readonly Step[]
  /** What a discard took, for undo; null when there is nothing to bring back at once. */
  readonly discarded: { readonly tree: Tree; readonly operations: number; readonly steps: readonly Step[] } | null
}

interface Step {
  readonly tree: Tree
  readonly operations: number
}

export const EMPTY_POND: PondState = {
  versions: [new Map()],
  pending: new Map(),
  operations: 0,
  steps: [],
  discarded: null,
}

/** One change inside a stage. */
export type Change =
  | { readonly kind: 'write'; readonly path: string; readonly content: Uint8Array }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }

/** One call on a pond. */
export type Act =
  | { readonly kind: 'stage'; readonly changes: readonly Change[]; readonly commit: boolean }
  | { readonly kind: 'commit' | 'discard' | 'undo' | 'reopen' | 'checkpoint' | 'collect' }
  /** Commits the oldest of what is pending. */
  | { readonly kind: 'commit-first'; readonly operations: number }

export function fileText(content: Uint8Array): string {
  return `file ${content.length} ${createHash('sha256').update(content).digest('hex').slice(0, 16)}`
}

export async function treeOf(fs: ReadFileSystem): Promise<Tree> {
  const tree = new Map<string, string>()
  for (const [path, entry] of await readTree(fs)) {
    if (entry.kind === 'directory') tree.set(path, 'directory')
    else tree.set(path, entry.kind === 'symlink' ? `link ${entry.target}` : fileText(entry.bytes))
  }
  return tree
}

export function sameTree(a: Tree, b: Tree): boolean {
  return a.size === b.size && [...a].every(([path, entry]) => b.get(path) === entry)
}

function below(tree: Tree, path: string): string[] {
  return [...tree.keys()].filter((key) => key === path || key.startsWith(`${path}/`))
}

function staged(state: PondState, change: Change): PondState {
  const { pending } = state
  const operations = state.operations + (change.kind === 'remove' ? below(pending, change.path).length : 1)
  const tree = changed(pending, change)
  return { ...state, pending: tree, operations, steps: [...state.steps, { tree, operations }], discarded: null }
}

function changed(tree: Tree, change: Change): Tree {
  const next = new Map(tree)
  switch (change.kind) {
    case 'write':
      return next.set(change.path, fileText(change.content))
    case 'directory':
      return next.set(change.path, 'directory')
    case 'link':
      return next.set(change.path, `link ${change.target}`)
    case 'remove':
      for (const path of below(tree, change.path)) next.delete(path)
      return next
    case 'rename':
      for (const path of below(tree, change.path)) {
        next.delete(path)
        next.set(change.to + path.slice(change.path.length), tree.get(path)!)
      }
      return next
  }
}

/** The states an act may leave when it is cut short: the one before, those on the way, and last the one after. */
export function outcomes(state: PondState, act: Act): readonly PondState[] {
  switch (act.kind) {
    case 'stage': {
      const after = act.changes.reduce(staged, state)
      return act.commit ? [state, after, committed(after)] : [state, after]
    }
    case 'commit':
      return [state, committed(state)]
    case 'commit-first':
      return [state, committedFirst(state, act.operations)]
    case 'discard': {
      const discarded = { tree: state.pending, operations: state.operations, steps: state.steps }
      return [state, { ...state, pending: state.versions.at(-1)!, operations: 0, steps: [], discarded }]
    }
    case 'undo': {
      const { tree, operations, steps } = state.discarded!
      return [state, { ...state, pending: tree, operations, steps, discarded: null }]
    }
    case 'reopen':
    case 'checkpoint':
    case 'collect':
      return [state]
  }
}

function committed(state: PondState): PondState {
  return { ...state, versions: [...state.versions, state.pending], operations: 0, steps: [], discarded: null }
}

function committedFirst(state: PondState, count: number): PondState {
  const { tree } = state.steps.find(({ operations }) => operations === count)!
  const left = state.steps.filter(({ operations }) => operations > count)
  return {
    ...state,
    versions: [...state.versions, tree],
    operations: state.operations - count,
    steps: left.map((step) => ({ ...step, operations: step.operations - count })),
    discarded: null,
  }
}

const NAMES = ['a', 'b', 'c', 'ü', 'd e'] as const

/** An act that a pond in this state performs without refusal. */
export function randomAct(random: Prng, state: PondState): Act {
  if (state.discarded !== null && random.chance(0.6)) return { kind: 'undo' }
  if (state.steps.length > 1 && random.chance(0.2)) {
    const [last, ...earlier] = state.steps.toReversed()
    return { kind: 'commit-first', operations: random.pick([last!, ...earlier]).operations }
  }
  if (state.operations > 0 && random.chance(0.35))
    return { kind: random.pick(['commit', 'commit', 'commit', 'discard']) }
  if (random.chance(0.08)) return { kind: 'reopen' }
  const changes: Change[] = []
  let tree = state.pending
  for (let left = random.pick([1, 1, 2, 4]); left > 0; left--) {
    const change = randomChange(random, tree)
    changes.push(change)
    tree = changed(tree, change)
  }
  return { kind: 'stage', changes, commit: random.chance(0.15) }
}

function randomChange(random: Prng, tree: Tree): Change {
  const paths = [...tree.keys()]
  const directories = ['', ...paths.filter((path) => tree.get(path) === 'directory')]
  const somewhere = (): string => `${directories[random.below(directories.length)]}/${random.pick(NAMES)}`
  for (;;) {
    const path = somewhere()
    const present = tree.get(path)
    if (present === undefined) {
      const kind = random.pick(['write', 'write', 'write', 'directory', 'link', 'rename'])
      if (kind === 'directory') return { kind, path }
      if (kind === 'link') return { kind, path, target: random.pick(['nowhere', '/a', '../b']) }
      if (kind === 'write') return { kind, path, content: randomContent(random) }
      const from = paths[random.below(paths.length)]
      if (from !== undefined && !path.startsWith(`${from}/`)) return { kind: 'rename', path: from, to: path }
    } else if (present.startsWith('file') && random.chance(0.6)) {
      return { kind: 'write', path, content: randomContent(random) }
    } else if (random.chance(0.3)) return { kind: 'remove', path }
  }
}

/** Mostly small; some around and above what is kept in rows, which becomes a blob. */
function randomContent(random: Prng): Uint8Array {
  const size = random.pick([0, 3, 40, 700, 5_000, 65_536, 65_537, 90_000])
  const content = new Uint8Array(size)
  // Enough chance to tell contents apart, without spending the time on every byte.
  content.set(random.bytes(Math.min(size, 16)))
  return content
}
