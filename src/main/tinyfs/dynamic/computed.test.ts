import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import type { FileReader, NodeId, NodeRef, ReadBackend } from '../backend'
import { BytesReader } from '../bytes-reader'
import { FileSystem } from '../filesystem'
import { glob } from '../glob'
import { ReadFileSystem } from '../read-filesystem'
import { gather, pattern, SIZES } from '../testing/subject'
import { memoryBackend } from '../testing/planted'
import { ComputedBackend } from './computed-backend'
import { ComputedWriteBackend } from './computed-write-backend'
import type { ComputedEntry, ComputedNode, Maker } from './maker'

const ENDING = '.makes.json'
type Made = string | { readonly [name: string]: Made }

/** Files that end so hold JSON of what they make: a text, or a directory of such. Anything else makes nothing. */
function makerOver(backend: ReadBackend, opened: string[] = []): Maker {
  const node = (id: NodeId, path: string, made: Made): ComputedNode => {
    const about = { modifiedAt: 7, minEventTime: null, maxEventTime: null, attributes: { madeBy: path } }
    if (typeof made === 'string') {
      const bytes = Buffer.from(made)
      const open = async (): Promise<FileReader> => {
        opened.push(path)
        return new BytesReader(bytes)
      }
      return { id, fileType: 'file:data', path, metadata: async () => ({ ...about, size: null, sha256: null }), open }
    }
    const entries = Object.entries(made).map(([name, inner]): ComputedEntry => ({
      name,
      computed: node(`${id}/${name}`, `${path}/${name}`, inner),
    }))
    return {
      id,
      fileType: 'directory',
      path,
      metadata: async () => ({ ...about, size: null, sha256: null }),
      entries: async () => entries,
    }
  }
  return {
    outputName: (name) => (name.endsWith(ENDING) ? name.slice(0, -ENDING.length) || undefined : undefined),
    sourceName: (name) => name + ENDING,
    async make(source: NodeRef, name) {
      const reader = await backend.open(source)
      const text = Buffer.from(await reader.read(0, reader.size)).toString()
      await reader.close()
      if (!/^["{]/.test(text)) return undefined
      return node(`made by ${source.id}`, name.slice(0, -ENDING.length), JSON.parse(text) as Made)
    },
  }
}

async function planted(files: Readonly<Record<string, Made | { readonly plain: string }>>) {
  const backend = memoryBackend()
  const stored = new FileSystem(backend)
  const write = async (path: string, text: string): Promise<void> => {
    const writer = await stored.writeFile(path, { parents: true })
    await writer.write(Buffer.from(text))
    await writer.close()
  }
  for (const [path, made] of Object.entries(files)) {
    const isPlain = typeof made === 'object' && typeof made['plain'] === 'string'
    await write(path, isPlain ? (made['plain'] as string) : JSON.stringify(made))
  }
  const opened: string[] = []
  const maker = makerOver(backend, opened)
  return {
    stored,
    write,
    opened,
    fs: new FileSystem(new ComputedWriteBackend(backend, maker)),
    reading: new ReadFileSystem(new ComputedBackend(backend, maker)),
  }
}

const text = async (fs: ReadFileSystem, path: string): Promise<string> => Buffer.from(await fs.readAll(path)).toString()
const names = async (fs: ReadFileSystem, path: string) => (await fs.list(path)).map(({ name }) => name)
const refusal = (code: string) => expect.objectContaining({ code })

describe('What a file makes', () => {
  it('stands beside it, wherever entries are read', async () => {
    const { reading: fs } = await planted({
      [`/d/hours${ENDING}`]: 'computed',
      [`/d/tree${ENDING}`]: { b: { c: 'deep' }, a: 'first' },
      '/d/z': { plain: 'stored' },
    })
    expect(await names(fs, '/d')).toEqual(['hours', `hours${ENDING}`, 'tree', `tree${ENDING}`, 'z'])
    expect(await text(fs, '/d/hours')).toBe('computed')
    expect(await names(fs, '/d/tree')).toEqual(['a', 'b'])
    expect(await text(fs, '/d/tree/b/c')).toBe('deep')
    expect((await glob(fs, '/*/h*s')).map(({ path }) => path)).toEqual(['/d/hours'])
    expect((await glob(fs, '/d/tree/**/*')).map(({ path }) => path)).toEqual(['/d/tree/a', '/d/tree/b', '/d/tree/b/c'])
    expect(await names(await fs.workingDirectory('/d/tree/b'), '/')).toEqual(['c'])
    const listed = await fs.listWithMetadata('/d')
    for (const entry of listed) expect(entry.metadata).toEqual((await fs.stat(entry.path)).metadata)
    expect(listed[0]!.metadata).toMatchObject({
      size: null,
      sha256: null,
      nodeVersion: 0,
      attributes: { madeBy: 'hours' },
    })
  })

  it('is not there where something stored has its name, or the file makes nothing', async () => {
    const { reading: fs } = await planted({
      [`/caf\u00e9${ENDING}`]: 'computed',
      '/cafe\u0301': { plain: 'stored' },
      [`/plain${ENDING}`]: { plain: 'nothing of the kind' },
      [`/${ENDING}`]: 'no name',
    })
    expect(await text(fs, '/caf\u00e9')).toBe('stored')
    expect(await names(fs, '/')).toEqual([ENDING, 'cafe\u0301', `caf\u00e9${ENDING}`, `plain${ENDING}`].sort())
    expect(await fs.exists('/plain')).toBe(false)
  })

  it('makes nothing itself, whatever it is called', async () => {
    const { reading: fs } = await planted({ [`/d${ENDING}`]: { [`e${ENDING}`]: '"again"' } })
    expect(await names(fs, '/d')).toEqual([`e${ENDING}`])
    expect(await fs.exists('/d/e')).toBe(false)
  })

  it('is computed by whoever opens it, and by nobody who only looks', async () => {
    const { reading: fs, opened } = await planted({ [`/a${ENDING}`]: 'x', [`/b${ENDING}`]: { c: 'y' } })
    for await (const { path } of fs.visit('/')) await fs.stat(path)
    await fs.listWithMetadata('/')
    await glob(fs, '/**')
    expect(opened).toEqual([])
    await text(fs, '/b/c')
    expect(opened).toEqual(['b/c'])
  })

  it('follows the file that makes it, at once', async () => {
    const { fs, write, stored } = await planted({ [`/a${ENDING}`]: 'one' })
    expect(await text(fs, '/a')).toBe('one')
    await write(`/a${ENDING}`, '"two"')
    expect(await text(fs, '/a')).toBe('two')
    await stored.rename(`/a${ENDING}`, `/b${ENDING}`)
    expect(await fs.exists('/a')).toBe(false)
    expect(await text(fs, '/b')).toBe('two')
    await stored.remove(`/b${ENDING}`)
    expect(await names(fs, '/')).toEqual([])
  })

  it('can only be read', async () => {
    const { fs } = await planted({ [`/a${ENDING}`]: 'x', [`/d${ENDING}`]: { f: 'y', e: {} } })
    for (const path of ['/a', '/d/f', '/d/new', '/d/e/new']) {
      await expect(fs.writeFile(path)).rejects.toEqual(refusal('tinyfs.read-only'))
    }
    for (const path of ['/a', '/d', '/d/f']) {
      await expect(fs.remove(path, { recursive: true })).rejects.toEqual(refusal('tinyfs.read-only'))
      await expect(fs.rename(path, '/other')).rejects.toEqual(refusal('tinyfs.read-only'))
    }
    await expect(fs.createDirectory('/d/new')).rejects.toEqual(refusal('tinyfs.read-only'))
    await expect(fs.readLink('/a')).rejects.toEqual(refusal('tinyfs.not-a-symlink'))
    await expect(fs.open('/d')).rejects.toEqual(refusal('tinyfs.is-a-directory'))
    await expect(fs.list('/a')).rejects.toEqual(refusal('tinyfs.not-a-directory'))
    expect(await names(fs, '/')).toEqual(['a', `a${ENDING}`, 'd', `d${ENDING}`])
  })

  it('goes with the directory that has its file, removed or moved', async () => {
    const { fs } = await planted({ [`/in/a${ENDING}`]: 'x' })
    await fs.rename('/in', '/moved')
    expect(await text(fs, '/moved/a')).toBe('x')
    await fs.remove('/moved', { recursive: true })
    expect(await names(fs, '/')).toEqual([])
  })

  it('is read whole, by range and in chunks, as what is stored is', async () => {
    for (const size of SIZES) {
      const content = Buffer.from(pattern(size)).toString('latin1')
      const bytes = Buffer.from(content)
      const { reading: fs } = await planted({ [`/a${ENDING}`]: content })
      const reader = await fs.open('/a')
      expect(reader.size).toBe(bytes.length)
      expect(Buffer.compare(await gather(reader.chunks()), bytes)).toBe(0)
      expect(Buffer.compare(await reader.read(3, 9), bytes.subarray(3, 12))).toBe(0)
      await reader.close()
    }
  })

  it('reads as if it were stored, for any tree', async () => {
    const name = fc.constantFrom('a', 'b', 'é', '.h', 'x y')
    const { tree } = fc.letrec<{ tree: Made; directory: Readonly<Record<string, Made>> }>((tie) => ({
      tree: fc.oneof({ maxDepth: 3 }, fc.string(), tie('directory')),
      directory: fc.dictionary(name, tie('tree'), { maxKeys: 4 }),
    }))
    await fc.assert(
      fc.asyncProperty(tree, async (made) => {
        const { reading: computed, stored } = await planted({ [`/t${ENDING}`]: made })
        const plant = async (path: string, inner: Made): Promise<void> => {
          if (typeof inner === 'string') {
            const writer = await stored.createFile(path)
            await writer.write(Buffer.from(inner))
            return void (await writer.close())
          }
          await stored.createDirectory(path)
          for (const [below, one] of Object.entries(inner)) await plant(`${path}/${below}`, one)
        }
        await plant('/stored', made)
        const read = async (fs: ReadFileSystem, path: string) => {
          const found: [string, string | null][] = []
          for await (const { path: at, node } of fs.visit(path))
            found.push([at.slice(path.length), node.fileType === 'directory' ? null : await text(fs, at)])
          return found
        }
        expect(await read(computed, '/t')).toEqual(await read(stored, '/stored'))
      }),
      { numRuns: runs(100) },
    )
  })
})
