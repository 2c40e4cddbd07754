/**
 * What every backend promises, as tests: one suite for what can be read, one for what can be changed.
 * Call them from a backend's own test file; they go through the filesystem as everybody does, and
 * compare with plain data and with `model.ts`.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPondError } from '../../../shared/errors'
import { compareUtf8 } from '../../../shared/path'
import type { ReadBackend, WriteBackend } from '../backend'
import { CHUNK_BYTES } from '../bytes-reader'
import { FileSystem } from '../filesystem'
import { ReadFileSystem } from '../read-filesystem'
import { ModelFileSystem, type Command } from './model'
import { readTree, type Tree, type TreeEntry } from './tree'

/** A backend to be tested, and how to give back what it holds. */
export interface Subject<B extends ReadBackend> {
  readonly backend: B
  readonly close?: () => Promise<void>
}

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

    it('reads content whole, by range and in chunks, on both sides of every limit', async () => {
      for (const size of [0, 1, 65_535, 65_536, 65_537, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7]) {
        const bytes = pattern(size)
        await within(new Map([['/f', { kind: 'file', bytes }]]), async (fs) => {
          const { metadata } = await fs.stat('/f')
          expect(metadata.size).toBe(size)
          expect([null, createHash('sha256').update(bytes).digest('hex')]).toContain(metadata.sha256)
          const reader = await fs.open('/f')
          expect(reader.size).toBe(size)
          expect(same(await gather(reader.chunks()), bytes)).toBe(true)
          const [start, end] = [Math.floor(size / 3), Math.floor((size * 2) / 3)]
          expect(same(await gather(reader.chunks({ start, end })), bytes.subarray(start, end))).toBe(true)
          expect(same(await reader.read(start, end - start), bytes.subarray(start, end))).toBe(true)
          expect(same(await reader.read(Math.max(0, size - 5), 100), bytes.subarray(Math.max(0, size - 5)))).toBe(true)
          expect((await reader.read(size, 10)).length).toBe(0)
          await reader.close()
        })
      }
    })

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
  })
}

/** `make` makes an empty backend. */
export function writeConformance(name: string, make: () => Promise<Subject<WriteBackend>>, runs = 100): void {
  const fresh = async (work: (fs: FileSystem) => Promise<void>): Promise<void> => {
    const subject = await make()
    try {
      await work(new FileSystem(subject.backend))
    } finally {
      await subject.close?.()
    }
  }

  describe(`${name}, changed`, () => {
    it('ends every sequence of commands as the model does, with the same outcome at each step', () =>
      fc.assert(
        fc.asyncProperty(fc.array(commands, { maxLength: 30 }), (sequence) =>
          fresh(async (fs) => {
            const model = new ModelFileSystem()
            for (const command of sequence)
              expect([command, await outcomeOf(fs, command)]).toEqual([command, model.run(command)])
            expect(await readTree(fs)).toEqual(new Map([...model.entries].sort(([a], [b]) => compareUtf8(a, b))))
          }),
        ),
        { numRuns: runs },
      ))

    it('shows a file only once its writer is closed, and nothing of one that was abandoned', () =>
      fresh(async (fs) => {
        const writer = await fs.createFile('/f')
        await writer.write(pattern(10))
        expect(await fs.exists('/f')).toBe(false)
        const metadata = await writer.close()
        expect(metadata.size).toBe(10)
        expect(await fs.readAll('/f')).toEqual(pattern(10))

        const update = await fs.writeFile('/f')
        await update.write(pattern(20))
        await update.abandon()
        await update.abandon()
        expect(await fs.readAll('/f')).toEqual(pattern(10))
        const other = await fs.createFile('/g')
        await other.abandon()
        expect(await fs.exists('/g')).toBe(false)
      }))

    it('copies what it is given, so that a caller can fill the same buffer again', () =>
      fresh(async (fs) => {
        const buffer = Buffer.from('one')
        const writer = await fs.createFile('/f')
        await writer.write(buffer)
        buffer.set(Buffer.from('two'))
        await writer.write(buffer)
        await writer.close()
        expect(Buffer.from(await fs.readAll('/f')).toString()).toBe('onetwo')
      }))

    it('refuses the second of two new files that claim one name', () =>
      fresh(async (fs) => {
        const first = await fs.createFile('/f')
        const second = await fs.createFile('/f')
        await first.write(pattern(1))
        await first.close()
        expect(await codeOf(second.close())).toBe('tinyfs.exists')
        expect(await fs.readAll('/f')).toEqual(pattern(1))
      }))

    it('keeps identity, type and content through a rename, and counts versions of the node', () =>
      fresh(async (fs) => {
        const writer = await fs.createFile('/f', { fileType: 'file:series', attributes: { mediaType: 'text/csv' } })
        await writer.write(pattern(5))
        await writer.close()
        const before = await fs.stat('/f')
        expect(before.node.fileType).toBe('file:series')
        expect(before.metadata.attributes).toMatchObject({ mediaType: 'text/csv' })
        await fs.createDirectory('/d')
        await fs.rename('/f', '/d/g')
        const after = await fs.stat('/d/g')
        expect([after.node.id, after.node.fileType]).toEqual([before.node.id, 'file:series'])
        expect(after.node.parentId).toBe((await fs.stat('/d')).node.id)
        expect(after.metadata.nodeVersion).toBeGreaterThanOrEqual(before.metadata.nodeVersion)
        expect(await fs.readAll('/d/g')).toEqual(pattern(5))
        const update = await fs.writeFile('/d/g')
        await update.write(pattern(6))
        await update.close()
        const last = await fs.stat('/d/g')
        expect([last.node.id, last.node.fileType, last.metadata.size]).toEqual([before.node.id, 'file:series', 6])
      }))

    it('refuses to create the NFC twin of a name, and renames an entry to its own twin', () =>
      fresh(async (fs) => {
        await fs.createDirectory('/caf\u00e9')
        expect(await codeOf(fs.createDirectory('/cafe\u0301'))).toBe('tinyfs.exists')
        expect(await codeOf(fs.createSymlink('/cafe\u0301', 'x'))).toBe('tinyfs.exists')
        await fs.rename('/caf\u00e9', '/cafe\u0301')
        expect((await fs.list('/')).map((entry) => entry.name)).toEqual(['cafe\u0301'])
      }))

    it('removes a link and never what it points to', () =>
      fresh(async (fs) => {
        await fs.createDirectory('/d/e', { parents: true })
        await fs.createSymlink('/d/up', '..')
        await fs.createSymlink('/l', 'd')
        expect(await codeOf(fs.remove('/l/'))).toBe('tinyfs.not-a-directory')
        await fs.remove('/l', { recursive: true })
        expect(await fs.exists('/d/e')).toBe(true)
        await fs.remove('/d', { recursive: true })
        expect(await fs.list('/')).toEqual([])
      }))
  })
}

const names = fc.constantFrom('a', 'b', 'c')
const paths = fc
  .tuple(
    fc.array(fc.oneof({ weight: 12, arbitrary: names }, fc.constantFrom('.', '..', '')), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.boolean(),
  )
  .map(([parts, slash]) => `/${parts.join('/')}${slash && parts.length < 3 ? '/' : ''}`)
const targets = fc.oneof(
  paths,
  fc
    .array(fc.oneof({ weight: 4, arbitrary: names }, fc.constant('..')), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('/')),
)
const contents = fc.uint8Array({ maxLength: 4 })
const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant('mkdir' as const), path: paths, parents: fc.boolean() }),
  fc.record({ do: fc.constant('link' as const), path: paths, target: targets }),
  fc.record({ do: fc.constant('create' as const), path: paths, bytes: contents }),
  fc.record({ do: fc.constant('write' as const), path: paths, bytes: contents }),
  fc.record({ do: fc.constant('remove' as const), path: paths, recursive: fc.boolean() }),
  fc.record({ do: fc.constant('rename' as const), from: paths, to: paths }),
)

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

async function outcomeOf(fs: FileSystem, command: Command): Promise<string> {
  try {
    if (command.do === 'mkdir') await fs.createDirectory(command.path, { parents: command.parents })
    else if (command.do === 'link') await fs.createSymlink(command.path, command.target)
    else if (command.do === 'remove') await fs.remove(command.path, { recursive: command.recursive })
    else if (command.do === 'rename') await fs.rename(command.from, command.to)
    else {
      const writer = await (command.do === 'create' ? fs.createFile(command.path) : fs.writeFile(command.path))
      await writer.write(command.bytes)
      await writer.close()
    }
    return 'done'
  } catch (error) {
    if (isPondError(error)) return error.code
    throw error
  }
}

function using(plant: (tree: Tree) => Promise<Subject<ReadBackend>>) {
  return async (tree: Tree, work: (fs: ReadFileSystem) => Promise<void>): Promise<void> => {
    const subject = await plant(tree)
    try {
      await work(new ReadFileSystem(subject.backend))
    } finally {
      await subject.close?.()
    }
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    if (isPondError(error)) return error.code
    throw error
  }
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) {
    expect(chunk.length).toBeLessThanOrEqual(CHUNK_BYTES)
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

/** Comparing through `toEqual` would take seconds for a megabyte. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 0xff)
}

function files(...at: readonly string[]): Tree {
  return new Map(at.map((path) => [path, { kind: 'file', bytes: pattern(3) }]))
}
