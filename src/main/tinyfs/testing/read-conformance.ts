/**
 * What every backend promises to those who read it, as tests. They go through the filesystem as everybody
 * does, and compare with the tree that was planted.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareUtf8 } from '../../../shared/path'
import { isOwnEntry, type ReadBackend } from '../backend'
import { CHUNK_BYTES } from '../bytes-reader'
import { codeOf, files, gather, pattern, same, SIZES, using, type Subject } from './subject'
import { readTree, type Tree, type TreeEntry } from './tree'

/** `plant` makes a backend that contains exactly the tree. */
export function readConformance(name: string, plant: (tree: Tree) => Promise<Subject<ReadBackend>>, runs = 50): void {
  const within = using(plant)

  describe(`${name}, read`, () => {
    it('gives back any tree that was planted', () =>
      fc.assert(
        fc.asyncProperty(trees, (tree) =>
          within(tree, async (fs) => {
            expect(await readTree(fs)).toEqual(new Map([...tree].sort(([a], [b]) => compareUtf8(a, b))))
          }),
        ),
        { numRuns: runs },
      ))

    it('lists names by their UTF-8 bytes, each with its metadata', () =>
      within(files('/\u{1f986}', '/\uffee', '/b', '/B', '/-x', '/a b', '/new\nline', '/é'), async (fs) => {
        const names = ['-x', 'B', 'a b', 'b', 'new\nline', 'é', '\uffee', '\u{1f986}']
        const listed = await fs.listWithMetadata('/')
        expect(listed.map((entry) => entry.name)).toEqual(names)
        expect(listed.map((entry) => entry.metadata.node)).toEqual(listed.map((entry) => entry.node))
        expect((await fs.list('/')).map((entry) => entry.name)).toEqual(names)
      }))

    it('finds a name by its exact spelling, else by one that is equal after NFC', () =>
      within(files('/caf\u00e9'), async (fs) => {
        expect((await fs.stat('/caf\u00e9')).name).toBe('caf\u00e9')
        expect((await fs.stat('/cafe\u0301')).name).toBe('caf\u00e9')
        expect(await fs.exists('/cafe')).toBe(false)
      }))

    it('reads content whole, by range and in chunks, on both sides of every limit', () =>
      within(sized, async (fs) => {
        for (const [path, bytes] of contents) {
          const size = bytes.length
          const { metadata } = await fs.stat(path)
          expect(metadata.size).toBe(size)
          expect([null, createHash('sha256').update(bytes).digest('hex')]).toContain(metadata.sha256)
          const reader = await fs.open(path)
          expect(reader.size).toBe(size)
          expect(same(await gather(reader.chunks()), bytes)).toBe(true)
          const [start, end] = [Math.floor(size / 3), Math.floor((size * 2) / 3)]
          expect(same(await gather(reader.chunks({ start, end })), bytes.subarray(start, end))).toBe(true)
          expect(same(await reader.read(start, end - start), bytes.subarray(start, end))).toBe(true)
          expect(same(await reader.read(Math.max(0, size - 5), 100), bytes.subarray(Math.max(0, size - 5)))).toBe(true)
          expect((await reader.read(size, 10)).length).toBe(0)
          await reader.close()
        }
      }))

    it('says what is wrong with a path, by code', () => {
      const tree: Tree = new Map([
        ['/d', { kind: 'directory' }],
        ['/d/f', { kind: 'file', bytes: pattern(3) }],
        ['/dangling', { kind: 'symlink', target: 'nowhere' }],
        ['/loop', { kind: 'symlink', target: '/loop' }],
      ])
      return within(tree, async (fs) => {
        expect(await codeOf(fs.open('/nothing'))).toBe('tinyfs.not-found')
        expect(await codeOf(fs.open('/d'))).toBe('tinyfs.is-a-directory')
        expect(await codeOf(fs.list('/d/f'))).toBe('tinyfs.not-a-directory')
        expect(await codeOf(fs.stat('/d/f/x'))).toBe('tinyfs.not-a-directory')
        expect(await codeOf(fs.stat('/d/f/'))).toBe('tinyfs.not-a-directory')
        expect(await codeOf(fs.readLink('/d/f'))).toBe('tinyfs.not-a-symlink')
        expect(await codeOf(fs.open('/dangling'))).toBe('tinyfs.not-found')
        expect(await codeOf(fs.open('/loop'))).toBe('tinyfs.symlink-loop')
        expect(await fs.readLink('/dangling')).toBe('nowhere')
        expect(await fs.exists('/dangling')).toBe(false)
        expect(await fs.exists('/dangling', { follow: false })).toBe(true)
      })
    })

    it('reads at any place, in any order, by several at once', () =>
      within(sized, async (fs) => {
        for (const [path, bytes] of contents) {
          const reader = await fs.open(path)
          const place = fc.tuple(fc.nat(bytes.length + 3), fc.nat(2 * CHUNK_BYTES))
          await fc.assert(
            fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 4 }), async (places) => {
              const whole = gather(reader.chunks())
              const parts = await Promise.all(places.map(([offset, length]) => reader.read(offset, length)))
              for (const [i, [offset, length]] of places.entries()) {
                const part = bytes.subarray(offset, offset + length)
                expect(same(parts[i]!, part)).toBe(true)
                expect(same(await gather(reader.chunks({ start: offset, end: offset + length })), part)).toBe(true)
              }
              expect(same(await whole, bytes)).toBe(true)
            }),
            { numRuns: 5 },
          )
          await reader.close()
        }
      }))

    it('refuses a range that makes no sense, and a reader that was closed', () =>
      within(new Map([['/f', { kind: 'file', bytes: pattern(70_000) }]]), async (fs) => {
        const reader = await fs.open('/f')
        const ranges = [
          [-1, 5],
          [0, -1],
          [0.5, 1],
          [Number.NaN, 1],
          [0, Number.POSITIVE_INFINITY],
        ] as const
        for (const [offset, length] of ranges)
          expect(await codeOf(reader.read(offset, length))).toBe('tinyfs.bad-range')
        expect(await codeOf(gather(reader.chunks({ start: -5, end: 5 })))).toBe('tinyfs.bad-range')
        expect((await gather(reader.chunks({ start: 9, end: 5 }))).length).toBe(0)
        const left = reader.chunks()[Symbol.asyncIterator]()
        await left.next()
        await left.return?.()
        expect((await reader.read(1, 1))[0]).toBe(pattern(2)[1])
        await reader.close()
        await reader.close()
        expect(await codeOf(reader.read(0, 1))).toBe('tinyfs.closed')
        expect(await codeOf(gather(reader.chunks()))).toBe('tinyfs.closed')
      }))

    it('hands out bytes that are the caller’s to change', () =>
      within(files('/f'), async (fs) => {
        const reader = await fs.open('/f')
        ;(await reader.read(0, 3)).fill(0)
        for await (const chunk of reader.chunks()) chunk.fill(0)
        expect(same(await reader.read(0, 3), pattern(3))).toBe(true)
        await reader.close()
      }))

    it('visits any tree depth first, names in order, and never through a link', () =>
      fc.assert(
        fc.asyncProperty(trees, (tree) =>
          within(tree, async (fs) => {
            const paths: string[] = []
            for await (const { path, name, node, depth } of fs.visit('/')) {
              expect([path.slice(path.lastIndexOf('/') + 1), path.split('/').length - 2]).toEqual([name, depth])
              expect(node).toEqual((await fs.find(path, { follow: false })).node)
              paths.push(path)
            }
            expect(paths).toEqual(inOrder([...tree.keys()]))
          }),
        ),
        { numRuns: runs },
      ))

    it('knows each node by one identity, and what it says of many as what it says of each', () =>
      fc.assert(
        fc.asyncProperty(trees, (tree) =>
          within(tree, async (fs) => {
            const seen = new Set([fs.root.id])
            for (const path of ['/', ...[...tree].filter(([, { kind }]) => kind === 'directory').map(([at]) => at)]) {
              const { node } = await fs.find(path)
              const entries = await fs.backend.entries(node)
              expect(await fs.backend.metadataOfEntries(node)).toEqual(
                await Promise.all(entries.map((entry) => fs.backend.metadata(entry.node))),
              )
              for (const entry of entries) {
                expect(isOwnEntry(node, entry)).toBe(true)
                expect(await fs.backend.lookup(node, entry.name)).toEqual(entry)
                expect(seen.has(entry.node.id)).toBe(false)
                seen.add(entry.node.id)
              }
            }
            expect(seen.size).toBe(tree.size + 1)
          }),
        ),
        { numRuns: runs },
      ))

    it('follows ten links on one way, and not an eleventh', () => {
      const links = Array.from({ length: 11 }, (_, i) => [`/l${i + 1}`, i === 0 ? 'd' : `l${i}`] as const)
      const tree: Tree = new Map<string, TreeEntry>([
        ['/d', { kind: 'directory' }],
        ['/d/f', { kind: 'file', bytes: pattern(3) }],
        ...links.map(([path, target]): [string, TreeEntry] => [path, { kind: 'symlink', target }]),
      ])
      return within(tree, async (fs) => {
        expect((await fs.find('/l10/f')).path).toBe('/d/f')
        expect(await codeOf(fs.find('/l11/f'))).toBe('tinyfs.symlink-loop')
        expect(await codeOf(fs.find('/l11/'))).toBe('tinyfs.symlink-loop')
        expect(await fs.readLink('/l11')).toBe('l10')
      })
    })

    it('names everything from a working directory, which no path and no link leads out of', () => {
      const tree: Tree = new Map<string, TreeEntry>([
        ['/a', { kind: 'directory' }],
        ['/a/b', { kind: 'directory' }],
        ['/a/b/f', { kind: 'file', bytes: pattern(3) }],
        ['/a/in', { kind: 'symlink', target: 'b/f' }],
        ['/a/out', { kind: 'symlink', target: '../x' }],
        ['/a/b/up', { kind: 'symlink', target: '../../x' }],
        ['/x', { kind: 'file', bytes: pattern(3) }],
      ])
      return within(tree, async (fs) => {
        const wd = await fs.workingDirectory('/a')
        expect((await wd.find('in')).path).toBe('/b/f')
        expect((await wd.find('/b/../in')).path).toBe('/b/f')
        for (const path of ['..', '/..', 'b/../..', 'out', 'b/up', '../a/b']) {
          expect([path, await codeOf(wd.find(path))]).toEqual([path, 'tinyfs.above-root'])
        }
        const deeper = await wd.workingDirectory('b')
        expect(deeper.base.path).toBe('/a/b')
        expect((await deeper.list('/')).map(({ path }) => path)).toEqual(['/f', '/up'])
        expect(await codeOf(deeper.find('../in'))).toBe('tinyfs.above-root')
        expect(await codeOf(wd.workingDirectory('in'))).toBe('tinyfs.not-a-directory')
        expect((await fs.find('/a/out')).path).toBe('/x')
      })
    })
  })
}

/** Depth first: by the bytes of each name in turn, which differs from the order of whole paths ("a" and "a.b"). */
function inOrder(paths: readonly string[]): string[] {
  return paths.toSorted((a, b) => {
    const [left, right] = [a.split('/'), b.split('/')]
    for (const [i, name] of left.entries()) {
      const order = right[i] === undefined ? 1 : Buffer.compare(Buffer.from(name), Buffer.from(right[i]))
      if (order !== 0) return order
    }
    return left.length - right.length
  })
}

/** A file of each size. */
const contents: readonly (readonly [string, Uint8Array])[] = SIZES.map((size) => [`/${size}`, pattern(size)])
const sized: Tree = new Map(contents.map(([path, bytes]) => [path, { kind: 'file', bytes }]))

/** Any legal name that no other of them is the NFC twin of. */
const anyName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .map((text) => text.normalize('NFC').replace(/[/\0]/g, '_'))
  .filter((text) => text !== '.' && text !== '..' && Buffer.byteLength(text) <= 255)

const trees: fc.Arbitrary<Tree> = fc
  .array(
    fc.record({
      name: anyName,
      under: fc.nat(),
      entry: fc.oneof(
        fc.constant<TreeEntry>({ kind: 'directory' }),
        fc.uint8Array({ maxLength: 20 }).map((bytes): TreeEntry => ({ kind: 'file', bytes })),
        anyName.map((target): TreeEntry => ({ kind: 'symlink', target })),
      ),
    }),
    { maxLength: 20 },
  )
  .map((items) => {
    const tree = new Map<string, TreeEntry>()
    const directories = ['']
    for (const { name, under, entry } of items) {
      const path = `${directories[under % directories.length]!}/${name}`
      if (tree.has(path)) continue
      tree.set(path, entry)
      if (entry.kind === 'directory') directories.push(path)
    }
    return tree
  })
