/**
 * What every backend that can be changed promises, as tests: compared with `model.ts`, which is a second
 * implementation, and with what a caller was told.
 */
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { isPondError } from '../../../shared/errors'
import { compareUtf8 } from '../../../shared/path'
import type { WriteBackend } from '../backend'
import { FileSystem } from '../filesystem'
import { ModelFileSystem, type Command } from './model'
import { codeOf, pattern, same, SIZES, type Subject } from './subject'
import { readTree } from './tree'

/** `make` makes an empty backend. */
export function writeConformance(name: string, make: () => Promise<Subject<WriteBackend>>, runs = 100): void {
  const fresh = async (work: (fs: FileSystem, subject: Subject<WriteBackend>) => Promise<void>): Promise<void> => {
    const subject = await make()
    try {
      await work(new FileSystem(subject.backend), subject)
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

    it('leaves nothing of any writer that was abandoned, however many there are and however much they took', () => {
      const write = fc.record({ size: fc.constantFrom(0, 9, 65_535, 65_537, 300_000), keep: fc.boolean() })
      return fc.assert(
        fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 4 }), (writes) =>
          fresh(async (fs, { leftovers }) => {
            const before = (await leftovers?.()) ?? []
            const writers = await Promise.all(writes.map((_, i) => fs.createFile(`/f${i}`)))
            for (const [i, writer] of writers.entries()) await writer.write(pattern(writes[i]!.size))
            for (const [i, writer] of writers.entries()) await (writes[i]!.keep ? writer.close() : writer.abandon())
            for (const [i, { size, keep }] of writes.entries()) {
              expect(await fs.exists(`/f${i}`)).toBe(keep)
              if (keep) expect(same(await fs.readAll(`/f${i}`), pattern(size))).toBe(true)
              expect(await codeOf(writers[i]!.write(pattern(1)))).toBe('tinyfs.closed')
              expect(await codeOf(writers[i]!.close())).toBe('tinyfs.closed')
              await writers[i]!.abandon()
              expect(await fs.exists(`/f${i}`)).toBe(keep)
            }
            expect((await leftovers?.()) ?? []).toEqual(before)
          }),
        ),
        { numRuns: Math.ceil(runs / 10) },
      )
    })

    it('takes content in whatever pieces it comes, on both sides of every limit, and keeps type and bytes', () =>
      fresh(async (fs) => {
        const types = ['file:data', 'file:table', 'file:series'] as const
        await fs.createDirectory('/d')
        for (const [i, size] of SIZES.entries()) {
          // What is too small for a table is data.
          const fileType = size < MIN_PARQUET_BYTES ? 'file:data' : types[i % types.length]!
          const bytes = fileType === 'file:data' ? pattern(size) : parquetOfSize(size)
          const writer = await fs.createFile(`/f${i}`, { fileType })
          for (let at = 0, step = 1; at < size; at += step, step = step * 3 + 1) {
            await writer.write(bytes.subarray(at, Math.min(at + step, size)))
          }
          const written = await writer.close()
          await fs.rename(`/f${i}`, `/d/g${i}`)
          const { node, metadata } = await fs.stat(`/d/g${i}`)
          expect([node.fileType, metadata.size, metadata.sha256]).toEqual([fileType, size, written.sha256])
          expect(same(await fs.readAll(`/d/g${i}`), bytes)).toBe(true)
        }
      }))

    it('changes things from a working directory, and nothing above it', () =>
      fresh(async (fs) => {
        await fs.createDirectory('/a/b', { parents: true })
        await fs.createSymlink('/a/out', '/x')
        const wd = await fs.workingDirectory('/a')
        await wd.createDirectory('b/c')
        await (await wd.createFile('/f')).close()
        await wd.rename('f', 'b/c/g')
        for (const refused of [
          wd.createDirectory('../c'),
          wd.writeFile('out'),
          wd.createFile('/../f'),
          wd.rename('b', '../b'),
          wd.remove('..'),
        ]) {
          expect(await codeOf(refused)).toBe('tinyfs.above-root')
        }
        expect(await codeOf(wd.remove('/', { recursive: true }))).toBe('tinyfs.root')
        await wd.remove('out')
        expect([...(await readTree(fs)).keys()]).toEqual(['/a', '/a/b', '/a/b/c', '/a/b/c/g'])
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

    it.each([
      ['file:data', pattern],
      ['file:table', parquet],
      ['file:series', parquet],
    ] as const)('keeps identity, type and content through a rename, and counts versions: %s', (fileType, content) =>
      fresh(async (fs) => {
        const writer = await fs.createFile('/f', { fileType, attributes: { mediaType: 'text/csv' } })
        await writer.write(content(5))
        await writer.close()
        const before = await fs.stat('/f')
        expect(before.node.fileType).toBe(fileType)
        expect(before.metadata.attributes).toMatchObject({ mediaType: 'text/csv' })
        await fs.createDirectory('/d')
        await fs.rename('/f', '/d/g')
        const after = await fs.stat('/d/g')
        expect([after.node.id, after.node.fileType]).toEqual([before.node.id, fileType])
        expect(after.node.parentId).toBe((await fs.stat('/d')).node.id)
        expect(after.metadata.nodeVersion).toBeGreaterThanOrEqual(before.metadata.nodeVersion)
        expect(await fs.readAll('/d/g')).toEqual(content(5))
        const update = await fs.writeFile('/d/g')
        await update.write(content(6))
        await update.close()
        const last = await fs.stat('/d/g')
        expect([last.node.id, last.node.fileType]).toEqual([before.node.id, fileType])
        expect(last.metadata.size).toBe(content(6).length)
      }),
    )

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

/** A table of this many rows that happened one after the other, and a note. */
function parquet(rows: number, note = ''): Uint8Array {
  const data = Array.from({ length: rows }, (_, row) => new Date(row * 1_000))
  const columnData = [{ name: 'ts', data, type: 'TIMESTAMP' as const }]
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata: [{ key: 'note', value: note }] }))
}

const MIN_PARQUET_BYTES = 1_000

function parquetOfSize(size: number): Uint8Array {
  let table = parquet(1)
  for (let length = 0; table.length !== size;) {
    length += size - table.length
    table = parquet(1, 'x'.repeat(length))
  }
  return table
}
