/**
 * Random commands as plain data, so that a failing history shrinks and prints. A path is written out,
 * or picked from what is there when its command is performed: few commands are then refused.
 */
import fc from 'fast-check'
import type { Change } from './staging'
import { entriesOf, pathOf, ROOT, type Tree } from './tree'

/** A path, the n-th entry that is there, or a name in the n-th directory that is there. */
export type Where = string | { readonly entry: number } | { readonly directory: number; readonly name: string }

type Unplaced<C> = C extends { readonly path: string }
  ? Omit<C, 'path' | 'to'> & { readonly path: Where } & (C extends { readonly to: string }
        ? { readonly to: Where }
        : {})
  : never

export type Command<C = Change, P = string> =
  | { readonly kind: 'stage'; readonly changes: readonly C[]; readonly commit: boolean }
  | {
      readonly kind:
        'commit' | 'discard-all' | 'undo' | 'verify' | 'compact' | 'checkpoint' | 'gc' | 'reopen' | 'rebuild'
    }
  | { readonly kind: 'discard' | 'commit-paths'; readonly paths: readonly P[] }
  | { readonly kind: 'commit-first'; readonly count: number }
  | { readonly kind: 'restore'; readonly back: number; readonly path: P | null }
  | { readonly kind: 'read'; readonly back: number }
  | { readonly kind: 'power-loss'; readonly seed: number }

/** A command, and which of the two processes that have the pond open performs it. */
export type Random = Command<Unplaced<Change>, Where> & { readonly by: 0 | 1 }

/** The same with its paths as they are on a tree. */
export function placed(command: Random, tree: Tree): Command {
  switch (command.kind) {
    case 'stage': {
      const changes = command.changes.map((change) => {
        const path = pathAt(tree, change.path)
        // A union does not stay one through a spread: each change keeps its own kind and fields here.
        return (
          change.kind === 'link' || change.kind === 'rename'
            ? { ...change, path, to: pathAt(tree, change.to) }
            : { ...change, path }
        ) as Change
      })
      return { kind: command.kind, changes, commit: command.commit }
    }
    case 'discard':
    case 'commit-paths':
      return { kind: command.kind, paths: command.paths.map((path) => pathAt(tree, path)) }
    case 'restore':
      return { ...command, path: command.path === null ? null : pathAt(tree, command.path) }
    default:
      return command
  }
}

function pathAt(tree: Tree, where: Where): string {
  if (typeof where === 'string') return where
  const nodes = [...tree.values()]
  if ('entry' in where) return pathOf(tree, nodes.at(where.entry % (nodes.length || 1))?.id ?? ROOT)
  const directories = [ROOT, ...nodes.flatMap(({ id, fileType }) => (fileType === 'directory' ? [id] : []))]
  const directory = directories[where.directory % directories.length] as string
  const free = entriesOf(tree, directory).some(({ name }) => name === where.name) ? `${where.name}2` : where.name
  return `${directory === ROOT ? '' : pathOf(tree, directory)}/${free}`
}

/** Few enough to meet each other: one is spelled in two ways that are the same after NFC. */
const NAMES = ['a', 'b', 'c', '\u00e9', 'e\u0301'] as const
const LARGE = 65_537

const name = fc.constantFrom(...NAMES)
const plain = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
const there = fc.record({ entry: fc.nat(1_000) })
const free = fc.record({ directory: fc.nat(1_000), name })
/** The path of something that is there, mostly. */
const old = fc.oneof({ weight: 8, arbitrary: there }, { weight: 2, arbitrary: plain }, { weight: 1, arbitrary: free })
/** The path of something that is not there, mostly. */
const fresh = fc.oneof(
  { weight: 10, arbitrary: free },
  { weight: 3, arbitrary: plain },
  { weight: 1, arbitrary: there },
  { weight: 1, arbitrary: fc.constant('/') },
)
const target = fc.oneof(
  { weight: 4, arbitrary: old },
  { weight: 2, arbitrary: name },
  { weight: 1, arbitrary: fc.constantFrom('.', '..', '../a', '../../b', '../../../..', './b/../c') },
)
const text = fc.oneof(
  { weight: 20, arbitrary: fc.string({ maxLength: 4, unit: 'grapheme-ascii' }) },
  { weight: 1, arbitrary: fc.constantFrom(LARGE - 1, LARGE) },
)

const mostly = fc.nat(3).map((n) => n > 0)

const change: fc.Arbitrary<Unplaced<Change>> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('create', 'write', 'put'), path: fresh, text, parents: mostly }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('write', 'put'), path: old, text, parents: mostly }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('mkdir'), path: fresh, parents: mostly }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('link'), path: fresh, to: target }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('rename'), path: old, to: fresh }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove'), path: old, recursive: mostly }) },
)

const command: fc.Arbitrary<Command<Unplaced<Change>, Where>> = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({
      kind: fc.constant('stage'),
      changes: fc.oneof(
        { weight: 3, arbitrary: fc.array(change, { minLength: 1, maxLength: 1 }) },
        { weight: 1, arbitrary: fc.array(change, { minLength: 2, maxLength: 4 }) },
      ),
      commit: fc.integer({ min: 0, max: 7 }).map((n) => n === 7),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('commit') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('discard-all') }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('discard', 'commit-paths'),
      paths: fc.array(old, { minLength: 1, maxLength: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('commit-first'), count: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('undo') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('restore'),
      back: fc.nat(6),
      path: fc.option(old, { nil: null, freq: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read'), back: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('compact', 'checkpoint', 'gc', 'reopen', 'rebuild', 'verify') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('power-loss'), seed: fc.nat(1_000_000) }) },
)

export const history = (length: number): fc.Arbitrary<Random[]> =>
  fc.array(
    fc.tuple(command, fc.constantFrom(0 as const, 1 as const)).map(([each, by]): Random => ({ ...each, by })),
    { minLength: Math.min(5, length), maxLength: length, size: 'max' },
  )
