import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import { compareUtf8, parsePath } from '../../../shared/path'
import { FileSystem } from '../filesystem'
import { glob } from '../glob'
import { ReadFileSystem } from '../read-filesystem'
import { planted } from '../testing/planted'
import { DynamicWriteBackend } from './dynamic-write-backend'
import type { DirectoryProvider } from './provider'
import { Views, type ViewDefinitions } from './views'

const refusal = (code: string) => expect.objectContaining({ code })

/** A filesystem with views in it, and the one below that has only what is stored. */
async function viewed(views: ViewDefinitions, ...lines: readonly string[]) {
  const stored = await planted(...lines)
  const read = Views.read(views)
  return {
    stored,
    fs: new FileSystem(read.overWritable(stored.backend)),
    reading: new ReadFileSystem(read.over(stored.backend)),
  }
}

async function pathsBelow(fs: ReadFileSystem, path = '/'): Promise<string[]> {
  const paths: string[] = []
  for await (const visited of fs.visit(path)) paths.push(visited.path)
  return paths
}

async function textAt(fs: ReadFileSystem, path: string): Promise<string> {
  return Buffer.from(await fs.readAll(path)).toString()
}

const SENSORS = ['/sensors/a/2025.csv', '/sensors/a/2026.csv', '/sensors/b/2026.csv', '/sensors/b/notes']

describe('a view directory', () => {
  it('shows what its pattern finds, under the names of its template, wherever entries are read', async () => {
    const { reading: fs } = await viewed(
      { '/by-year/2026': { glob: '/sensors/*/2026.csv', name: '$0.csv' } },
      ...SENSORS,
    )
    expect((await fs.list('/')).map(({ name }) => name)).toEqual(['by-year', 'sensors'])
    expect((await fs.list('/by-year/2026')).map(({ path }) => path)).toEqual([
      '/by-year/2026/a.csv',
      '/by-year/2026/b.csv',
    ])
    expect(await textAt(fs, '/by-year/2026/b.csv')).toBe('/sensors/b/2026.csv')
    expect((await glob(fs, '/by-year/*/*.csv')).map(({ path }) => path)).toEqual([
      '/by-year/2026/a.csv',
      '/by-year/2026/b.csv',
    ])
    expect(await pathsBelow(fs, '/by-year')).toEqual(['/by-year/2026', '/by-year/2026/a.csv', '/by-year/2026/b.csv'])
    const [view] = await fs.listWithMetadata('/by-year')
    expect(view!.metadata).toMatchObject({
      node: { fileType: 'directory' },
      size: null,
      nodeVersion: 0,
      attributes: { view: { glob: '/sensors/*/2026.csv', name: '$0.csv' } },
    })
    const through = await fs.stat('/by-year/2026/a.csv')
    expect(through.metadata).toEqual((await fs.stat('/sensors/a/2026.csv')).metadata)
  })

  it('follows what changes below it, at once', async () => {
    const { fs, stored } = await viewed({ '/v': { glob: '/sensors/*/2026.csv', name: '$0.csv' } }, ...SENSORS)
    expect((await fs.list('/v')).map(({ name }) => name)).toEqual(['a.csv', 'b.csv'])
    await fs.createDirectory('/sensors/c')
    await (await fs.createFile('/sensors/c/2026.csv')).close()
    await stored.remove('/sensors/a/2026.csv')
    expect((await fs.list('/v')).map(({ name }) => name)).toEqual(['b.csv', 'c.csv'])
  })

  it('gives entries their paths as names where there is no template, and where two would get one name', async () => {
    const { reading: fs } = await viewed(
      { '/all': '/sensors/**/*.csv', '/years': { glob: '/sensors/*/*.csv', name: '$1' } },
      ...SENSORS,
    )
    expect((await fs.list('/all')).map(({ name }) => name)).toEqual([
      'sensors-a-2025.csv',
      'sensors-a-2026.csv',
      'sensors-b-2026.csv',
    ])
    expect((await fs.list('/years')).map(({ name }) => name)).toEqual([
      '2025',
      'sensors-a-2026.csv',
      'sensors-b-2026.csv',
    ])
  })

  it('gives every entry one legal name of its own, the same whenever it is asked', async () => {
    const name = fc.constantFrom('a', 'a-b', 'b', 'caf\u00e9', 'cafe\u0301', 'x'.repeat(200), '.h')
    const tree = fc.array(fc.array(name, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 })
    const template = fc.constantFrom(undefined, '$0', '$1', '$0-$1', 'same', '$$', '.', '$0.$0')
    await fc.assert(
      fc.asyncProperty(tree, template, async (directories, template) => {
        const stored = new FileSystem((await planted()).backend)
        for (const names of directories) await stored.createDirectory(`/t/${names.join('/')}`, { parents: true })
        const definition = { glob: '/t/**/*', ...(template === undefined ? {} : { name: template }) }
        const matches = await glob(stored, definition.glob)
        const once = await new ReadFileSystem(Views.read({ '/v': definition }).over(stored.backend)).list('/v')
        const again = await new ReadFileSystem(Views.read({ '/v': definition }).over(stored.backend)).list('/v')
        expect(again).toEqual(once)
        expect(once.map(({ node }) => node.id).sort()).toEqual(matches.map(({ node }) => node.id).sort())
        expect(new Set(once.map((entry) => entry.name.normalize('NFC'))).size).toBe(once.length)
        expect(once.map((entry) => entry.name)).toEqual(once.map((entry) => entry.name).sort(compareUtf8))
        for (const entry of once) expect(Buffer.byteLength(entry.name)).toBeLessThanOrEqual(255)
      }),
      { numRuns: runs(150) },
    )
  })

  it('leads through links to what they point to, and leaves out those that lead nowhere', async () => {
    const { reading: fs } = await viewed(
      { '/v': '/in/*' },
      '/data/f',
      '/in/f -> ../data/f',
      '/in/gone -> nowhere',
      '/in/d -> /data',
    )
    expect((await fs.list('/v')).map(({ name, node }) => [name, node.fileType])).toEqual([
      ['in-d', 'directory'],
      ['in-f', 'file:data'],
    ])
    expect(await textAt(fs, '/v/in-d/f')).toBe('/data/f')
    expect((await fs.find('/v/in-f')).node).toEqual((await fs.find('/data/f')).node)
  })

  it('can be reached through a link, and from a working directory that cannot be left', async () => {
    const { reading: fs } = await viewed(
      { '/d/v': { glob: '/sensors/a/*', name: '$0' } },
      ...SENSORS,
      '/now -> d/v',
      '/d/',
    )
    expect(await textAt(fs, '/now/2025.csv')).toBe('/sensors/a/2025.csv')
    const wd = await fs.workingDirectory('/d')
    expect(await textAt(wd, 'v/2025.csv')).toBe('/sensors/a/2025.csv')
    expect(await pathsBelow(await fs.workingDirectory('/d/v'))).toEqual(['/2025.csv', '/2026.csv'])
    await expect(wd.stat('/now')).rejects.toEqual(refusal('tinyfs.not-found'))
  })
})

describe('what is stored', () => {
  it('wins over a view of the same name, and over what is on the way to one', async () => {
    const views = {
      '/a/v': '/sensors/*/*',
      '/f/v': '/sensors/*/*',
      '/caf\u00e9': '/sensors/*/*',
      '/s/v': '/sensors/*/*',
    }
    const { reading: fs } = await viewed(views, ...SENSORS, '/a/v/own', '/f', '/cafe\u0301', '/s -> sensors')
    expect(await pathsBelow(fs, '/a')).toEqual(['/a/v', '/a/v/own'])
    await expect(fs.list('/f/v')).rejects.toEqual(refusal('tinyfs.not-a-directory'))
    expect((await fs.list('/')).map(({ name }) => name)).toEqual(['a', 'cafe\u0301', 'f', 's', 'sensors'])
    await expect(fs.list('/s/v')).rejects.toEqual(refusal('tinyfs.not-found'))
  })

  it('is as it was without the views, whatever they are', async () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
    const pattern = fc.array(fc.constantFrom('a', 'b', '*', '**', '{a,c}'), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(path, fc.boolean()), { maxLength: 8 }),
        fc.uniqueArray(fc.tuple(path, pattern), { maxLength: 4, selector: ([at]) => at }),
        async (tree, views) => {
          const stored = await planted()
          for (const [at, isFile] of tree) {
            const made = isFile
              ? stored.writeFile(at, { parents: true }).then((writer) => writer.close())
              : stored.createDirectory(at, { parents: true })
            // What was drawn may be in the way of itself; the rest is tree enough.
            await made.catch(() => undefined)
          }
          const definitions = Object.fromEntries(views.map(([at, glob]) => [at, `/${glob.join('/')}`]))
          const fs = new ReadFileSystem(Views.read(definitions).over(stored.backend))
          const before = await pathsBelow(stored)
          // Every visit ends without a loop: this walk throws where a directory contains itself.
          const after = await pathsBelow(fs)
          expect(after).toEqual(expect.arrayContaining(before))
          for (const at of before) expect((await fs.find(at)).node).toEqual((await stored.find(at)).node)
          for (const [at] of views) {
            if (await stored.exists(at)) continue
            if (!(await fs.exists(at)) || views.some(([other]) => other.startsWith(`${at}/`))) continue
            const own = await glob(stored, definitions[at]!)
            const shown = (await fs.list(at)).filter(({ node }) => own.some((match) => match.node.id === node.id))
            const files = own.filter(({ node }) => node.fileType !== 'directory').length
            expect(shown.length).toBeGreaterThanOrEqual(files)
          }
        },
      ),
      { numRuns: runs(300) },
    )
  })
})

describe('a cycle', () => {
  it('of a view that would contain itself is cut: the entry is left out', async () => {
    const { reading: fs } = await viewed({ '/a/all': { glob: '/*', name: '$0' } }, '/a/x', '/b/y')
    expect(await pathsBelow(fs)).toEqual(['/a', '/a/all', '/a/all/b', '/a/all/b/y', '/a/x', '/b', '/b/y'])
  })

  it('of views that would contain each other is cut in each of them', async () => {
    const { reading: fs } = await viewed(
      { '/a/v': { glob: '/*', name: '$0' }, '/b/v': { glob: '/*', name: '$0' } },
      '/a/x',
      '/b/y',
      '/c/z',
    )
    expect(await pathsBelow(fs, '/a')).toEqual(['/a/v', '/a/v/c', '/a/v/c/z', '/a/x'])
    expect(await pathsBelow(fs, '/b')).toEqual(['/b/v', '/b/v/c', '/b/v/c/z', '/b/y'])
  })

  it('is none where a view contains a directory with another view', async () => {
    const { reading: fs } = await viewed(
      { '/a/v': { glob: '/b', name: 'b' }, '/b/v': { glob: '/c/*', name: '$0' } },
      '/a/x',
      '/b/',
      '/c/z',
    )
    expect(await pathsBelow(fs, '/a')).toEqual(['/a/v', '/a/v/b', '/a/v/b/v', '/a/v/b/v/z', '/a/x'])
  })

  it('is none where a pattern would find the view itself: views see what is stored alone', async () => {
    const { reading: fs } = await viewed({ '/v': '/**/*.csv', '/w': '/v/*' }, ...SENSORS)
    expect((await fs.list('/v')).length).toBe(3)
    expect(await fs.list('/w')).toEqual([])
  })

  it('of a provider that offers a directory above itself is cut just so', async () => {
    const stored = await planted('/a/b/')
    const provider: DirectoryProvider = {
      attributes: {},
      entries: async (fs) => [
        { name: 'up', node: fs.root },
        { name: 'beside', node: (await fs.find('/a/b')).node },
      ],
    }
    const fs = new ReadFileSystem(new Views([{ path: parsePath('/a/v'), provider }]).over(stored.backend))
    expect(await pathsBelow(fs, '/a')).toEqual(['/a/b', '/a/v', '/a/v/beside'])
  })
})

describe('a change', () => {
  it('of what is computed is refused, by whatever way it is reached', async () => {
    const { fs, stored } = await viewed(
      { '/d/v': { glob: '/sensors/*', name: '$0' } },
      ...SENSORS,
      '/d/',
      '/into -> d/v/a',
      '/file -> d/v/a/2025.csv',
    )
    const before = await pathsBelow(stored)
    const refused = async (work: Promise<unknown>): Promise<void> => {
      await expect(work).rejects.toEqual(refusal('tinyfs.read-only'))
    }
    await refused(fs.createDirectory('/d/v/new'))
    await refused(fs.createDirectory('/d/v/new/deep', { parents: true }))
    await refused(fs.createDirectory('/into/new'))
    await refused(fs.createSymlink('/d/v/l', 'x'))
    await refused(fs.createFile('/d/v/f'))
    await refused(fs.writeFile('/d/v/a/2025.csv'))
    await refused(fs.writeFile('/file'))
    await refused(fs.remove('/d/v'))
    await refused(fs.remove('/d/v/a', { recursive: true }))
    await refused(fs.remove('/d/v/a/2025.csv'))
    await refused(fs.rename('/d/v', '/x'))
    await refused(fs.rename('/d/v/a', '/x'))
    await refused(fs.rename('/sensors/a', '/d/v/c'))
    const wd = await fs.workingDirectory('/d/v/a')
    await refused(wd.writeFile('2025.csv'))
    await refused(wd.createDirectory('new'))
    await expect(fs.createDirectory('/d/v')).rejects.toEqual(refusal('tinyfs.exists'))
    await refused(fs.backend.createDirectory((await fs.find('/d/v')).node, 'x'))
    expect(await pathsBelow(stored)).toEqual(before)
  })

  it('beside it is a change as ever, and removing a directory takes its views along', async () => {
    const { fs, stored } = await viewed({ '/d/v': '/sensors/*', '/d/e/w': '/sensors/*' }, ...SENSORS, '/d/e/f')
    await fs.rename('/d/e/f', '/d/g')
    await fs.remove('/d/g')
    await fs.remove('/d/e')
    await expect(fs.createDirectory('/d/e')).rejects.toEqual(refusal('tinyfs.exists'))
    await fs.remove('/d', { recursive: true })
    expect(await pathsBelow(stored)).toEqual(
      await pathsBelow(stored, '/sensors').then((below) => ['/sensors', ...below]),
    )
    expect((await fs.list('/d')).map(({ name }) => name)).toEqual(['e', 'v'])
  })
})

describe('a definition', () => {
  it('that makes no sense is refused, and named', () => {
    const bad: readonly unknown[] = [
      { '/': '/a/*' },
      { rel: '/a/*' },
      { '/..': '/a/*' },
      { '/v': '/a/[z-a]' },
      { '/v': '/../*' },
      { '/v': 7 },
      { '/v': {} },
      { '/v': { glob: '/a/*', nmae: '$0' } },
      { '/v': { glob: '/a/*', name: '$1' } },
      { '/v': { glob: '/a/*', name: 'a/$0' } },
      { '/v': { glob: '/a/*', name: '' } },
      { '/v/': '/a/*', '/v': '/b/*' },
    ]
    // The definitions come from a file that anybody may have written.
    for (const views of bad) expect(() => Views.read(views as ViewDefinitions)).toThrow(refusal('tinyfs.bad-view'))
  })

  it('without views costs nothing: the backend stays itself', async () => {
    const { backend } = await planted()
    expect(Views.read({}).over(backend)).toBe(backend)
    expect(Views.read({}).overWritable(backend)).toBe(backend)
    expect(new DynamicWriteBackend(backend, []).revision).toBe(backend.revision)
  })
})
