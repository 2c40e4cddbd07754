/** The tree against a plain recursive listing of the same directories. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../../shared/testing/runs'
import { compareUtf8 } from '../../../../shared/path'
import { PAGE, TreeModel, type TreeEntry, type TreeRow, type TreeSource } from './tree-model'

type Tree = { readonly [name: string]: Tree | null }

const entry = (path: string, isDirectory: boolean): TreeEntry => ({
  path,
  name: path.slice(path.lastIndexOf('/') + 1),
  fileType: isDirectory ? 'directory' : 'file:data',
  size: isDirectory ? null : 1,
  change: null,
  oldPath: null,
  pendingBelow: 0,
  target: null,
})

function children(tree: Tree, path: string): TreeEntry[] {
  let at: Tree | null | undefined = tree
  for (const name of path.split('/').slice(1)) if (name !== '') at = at?.[name]
  if (at == null) throw new Error(`${path} is not a directory`)
  const prefix = path === '/' ? '/' : `${path}/`
  return Object.entries(at)
    .sort(([a], [b]) => compareUtf8(a, b))
    .map(([name, child]) => entry(prefix + name, child !== null))
}

function sourceOf(tree: Tree): TreeSource {
  const listed = new Map<string, TreeEntry[]>()
  return async (path, offset, limit) => {
    const all = listed.get(path) ?? children(tree, path)
    listed.set(path, all)
    return { total: all.length, entries: all.slice(offset, offset + limit) }
  }
}

function flatten(tree: Tree, expanded: ReadonlySet<string>, path = '/', depth = 0): string[] {
  return children(tree, path).flatMap((child) => {
    const line = `${' '.repeat(depth)}${child.path}`
    return child.fileType === 'directory' && expanded.has(child.path)
      ? [line, ...flatten(tree, expanded, child.path, depth + 1)]
      : [line]
  })
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 200; i++) await Promise.resolve()
}

const line = (row: TreeRow): string => ' '.repeat(row.depth) + (row.kind === 'entry' ? row.entry.path : row.kind)

async function rows(model: TreeModel): Promise<string[]> {
  for (let round = 0; round < 8; round++) {
    model.look(0, model.rowCount)
    await settle()
  }
  return Array.from({ length: model.rowCount }, (_, i) => line(model.rowAt(i)))
}

const trees: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'Z', 'é', '🦆', '-', 'x y'),
    fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.constant(null), tie('tree')),
    { maxKeys: 6 },
  ) as fc.Arbitrary<Tree>,
})).tree

const directoriesOf = (tree: Tree, path = ''): string[] =>
  Object.entries(tree).flatMap(([name, child]) =>
    child === null ? [] : [`${path}/${name}`, ...directoriesOf(child, `${path}/${name}`)],
  )

const flat = (count: number): Tree =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${String(i).padStart(6, '0')}`, null]))

describe('the tree of the navigator', () => {
  it('shows the same rows as a recursive listing, whatever is expanded and collapsed', async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.infiniteStream(fc.nat()), async (tree, choices) => {
        const model = new TreeModel(sourceOf(tree))
        const directories = directoriesOf(tree)
        const open = new Set<string>()
        for (let i = 0; i < Math.min(12, directories.length * 2); i++) {
          const path = directories[(choices.next().value as number) % directories.length] as string
          if (open.has(path)) {
            open.delete(path)
            model.collapse(path)
          } else {
            open.add(path)
            model.expand(path)
          }
        }
        const expected = flatten(tree, open)
        expect(await rows(model)).toEqual(expected)
        expected.forEach((text, i) => expect(model.indexOf(text.trim())).toBe(i))
      }),
      { numRuns: runs(60) },
    )
  })

  it('shows what changed after a refresh, with what was expanded still expanded', async () => {
    await fc.assert(
      fc.asyncProperty(trees, trees, async (before, after) => {
        const model = new TreeModel(sourceOf(before))
        const open = new Set(directoriesOf(before))
        for (const path of open) model.expand(path)
        await rows(model)
        model.refresh(sourceOf(after))
        expect(await rows(model)).toEqual(flatten(after, open))
      }),
      { numRuns: runs(60) },
    )
  })

  it('numbers 100,000 rows after reading one page, and reaches the last by reading one more', async () => {
    let pages = 0
    const source = sourceOf(flat(100_000))
    const model = new TreeModel((...question) => {
      pages++
      return source(...question)
    })
    await settle()
    expect(model.rowCount).toBe(100_000)
    expect(model.rowAt(99_999).kind).toBe('unloaded')
    model.look(99_970, 99_999)
    await settle()
    expect(line(model.rowAt(99_999))).toBe('/f099999')
    expect(pages).toBe(2)
  })

  it('finds a path deep in a large directory with a logarithmic number of questions', async () => {
    let asked = 0
    const tree: Tree = { big: flat(50_000), other: null }
    const source = sourceOf(tree)
    const model = new TreeModel((...question) => {
      asked++
      return source(...question)
    })
    expect(await model.reveal('/big/f043210')).toBe(43_211)
    expect(asked).toBeLessThan(25)
    expect(await model.reveal('/big/missing')).toBe(-1)
  })

  it('finds the first name that is not before a prefix', async () => {
    const model = new TreeModel(sourceOf(flat(3 * PAGE)))
    expect((await model.lowerBound('/', 'f0007'))?.name).toBe('f000700')
    expect(await model.lowerBound('/', 'g')).toBeUndefined()
  })

  it('shows a directory that cannot be read as one row, and reads it again on refresh', async () => {
    const tree: Tree = { a: { b: null } }
    let broken = true
    const source: TreeSource = (path, ...rest) =>
      broken && path === '/a' ? Promise.reject(new Error('no')) : sourceOf(tree)(path, ...rest)
    const model = new TreeModel(source)
    model.expand('/a')
    expect(await rows(model)).toEqual(['/a', ' failed'])
    broken = false
    model.refresh(source)
    expect(await rows(model)).toEqual(['/a', ' /a/b'])
  })
})
