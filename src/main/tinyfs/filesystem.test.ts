import { describe, expect, it } from 'vitest'
import type { PondError } from '../../shared/errors'
import type { DirectoryEntry, NodeRef } from './backend'
import { MemoryBackend } from './backends/memory'
import { FileSystem } from './filesystem'
import { ReadFileSystem } from './read-filesystem'
import { memoryBackend, planted } from './testing/planted'

const refusal = (code: string, words = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(words) }) as PondError

async function textAt(fs: ReadFileSystem, path: string): Promise<string> {
  return Buffer.from(await fs.readAll(path)).toString()
}

async function pathsBelow(fs: ReadFileSystem, path: string): Promise<string[]> {
  const paths: string[] = []
  for await (const visited of fs.visit(path)) paths.push(visited.path)
  return paths
}

describe('links', () => {
  it('are relative to the directory that holds them, wherever in a path they are', async () => {
    const fs = await planted(
      '/data/2026/a.csv',
      '/data/latest -> 2026',
      '/views/now -> ../data/latest',
      '/top -> /views',
    )
    expect(await textAt(fs, '/top/now/a.csv')).toBe('/data/2026/a.csv')
    expect((await fs.find('/top/now/a.csv')).path).toBe('/data/2026/a.csv')
    expect((await fs.list('/top/now')).map((entry) => entry.path)).toEqual(['/data/2026/a.csv'])
    expect((await fs.stat('/top/now', { follow: false })).node.fileType).toBe('symlink')
  })

  it('are followed ten times, and not an eleventh', async () => {
    const fs = await planted('/0', ...Array.from({ length: 11 }, (_, i) => `/${i + 1} -> ${i}`))
    expect(await textAt(fs, '/10')).toBe('/0')
    await expect(fs.open('/11')).rejects.toEqual(refusal('tinyfs.symlink-loop', '"/11"'))
    expect(await fs.exists('/11')).toBe(false)
    expect(await fs.readLink('/11')).toBe('10')
  })

  it('that dangle name both ends when they are read', async () => {
    const fs = await planted('/b -> /a')
    await expect(fs.open('/b')).rejects.toEqual(refusal('tinyfs.not-found', '"/a" does not exist: the link "/b"'))
  })

  it('that lead above the root are refused by the name of the link', async () => {
    const fs = await planted('/d/out -> ../../x')
    await expect(fs.open('/d/out')).rejects.toEqual(refusal('tinyfs.above-root', '"/d/out"'))
  })

  it('that dangle can be written through, which creates what they point to', async () => {
    const fs = await planted('/d/', '/b -> d/a')
    await (await fs.writeFile('/b')).close()
    expect(await pathsBelow(fs, '/')).toEqual(['/b', '/d', '/d/a'])
  })

  it('need a target that is text', async () => {
    const fs = await planted()
    for (const target of ['', 'a\0b', '\ud800', 'x'.repeat(5_000)]) {
      await expect(fs.createSymlink('/l', target)).rejects.toEqual(refusal('tinyfs.bad-name'))
    }
  })
})

describe('a working directory', () => {
  it('names everything relative to itself and cannot be left', async () => {
    const fs = await planted('/a/b/f', '/a/in -> /a/b/f', '/a/out -> /other', '/a/up -> ../other', '/other')
    const wd = await fs.workingDirectory('/a')
    expect(wd.base.path).toBe('/a')
    expect(await textAt(wd, 'b/f')).toBe('/a/b/f')
    expect(await textAt(wd, '/b/f')).toBe('/a/b/f')
    expect(await textAt(wd, '/in')).toBe('/a/b/f')
    expect(await pathsBelow(wd, '/')).toEqual(['/b', '/b/f', '/in', '/out', '/up'])
    for (const path of ['..', '../other', '/b/../../other', '/out', '/up']) {
      await expect(wd.stat(path)).rejects.toEqual(refusal('tinyfs.above-root'))
    }
    const deeper = await wd.workingDirectory('b')
    expect(deeper.base.path).toBe('/a/b')
    await deeper.rename('f', 'g')
    await deeper.createDirectory('new')
    expect(await pathsBelow(fs, '/a/b')).toEqual(['/a/b/g', '/a/b/new'])
    await expect(deeper.remove('/')).rejects.toEqual(refusal('tinyfs.root'))
  })
})

describe('creating', () => {
  it('makes missing directories on the way only when asked, and none through a dangling link', async () => {
    const fs = await planted('/gone -> nowhere', '/d/', '/l -> d')
    await expect(fs.createDirectory('/x/y')).rejects.toEqual(refusal('tinyfs.not-found', '"/x"'))
    await fs.createDirectory('/x/y/z/', { parents: true })
    await fs.createDirectory('/l/e', { parents: true })
    await fs.createDirectory('/l', { parents: true })
    await expect(fs.createDirectory('/gone/e', { parents: true })).rejects.toEqual(
      refusal('tinyfs.not-found', '"/nowhere"'),
    )
    await expect(fs.createDirectory('/gone', { parents: true })).rejects.toEqual(refusal('tinyfs.exists', '"/gone"'))
    expect(await pathsBelow(fs, '/')).toEqual(['/d', '/d/e', '/gone', '/l', '/x', '/x/y', '/x/y/z'])
  })

  it('says so when the name in the way only looks the same', async () => {
    const fs = await planted('/caf\u00e9')
    await expect(fs.createFile('/cafe\u0301')).rejects.toEqual(refusal('tinyfs.exists', 'encoded differently'))
    await expect(fs.createFile('/caf\u00e9')).rejects.toEqual(refusal('tinyfs.exists', 'already exists: it is a file'))
  })

  it('refuses names that are too long or reserved', async () => {
    const fs = await planted()
    await fs.createDirectory(`/${'é'.repeat(127)}`)
    await expect(fs.createDirectory(`/${'é'.repeat(128)}`)).rejects.toEqual(refusal('tinyfs.bad-name', '256 bytes'))
    await expect(fs.createDirectory('/a\0b')).rejects.toEqual(refusal('tinyfs.bad-name'))
    await expect(fs.createDirectory('/')).rejects.toEqual(refusal('tinyfs.exists'))
  })

  it('takes a trailing slash as a demand for a directory', async () => {
    const fs = await planted('/d/', '/f')
    await expect(fs.createFile('/x/')).rejects.toEqual(refusal('tinyfs.not-found', '"/x/"'))
    await expect(fs.writeFile('/d/')).rejects.toEqual(refusal('tinyfs.is-a-directory'))
    await expect(fs.writeFile('/f/')).rejects.toEqual(refusal('tinyfs.not-a-directory'))
    await expect(fs.remove('/f/')).rejects.toEqual(refusal('tinyfs.not-a-directory'))
    await fs.remove('/d/')
  })
})

describe('a destination', () => {
  it('is inside a directory, at a free name, or at the file that is there', async () => {
    const fs = await planted('/d/x', '/f', '/l -> d')
    expect(await fs.destination('/d', 'new')).toMatchObject({ path: '/d/new', node: undefined })
    expect(await fs.destination('/l/', 'x')).toMatchObject({ path: '/d/x', node: { fileType: 'file:data' } })
    expect(await fs.destination('/free', 'new')).toMatchObject({ path: '/free', node: undefined })
    expect(await fs.destination('/f', 'new')).toMatchObject({ path: '/f', node: { fileType: 'file:data' } })
    await expect(fs.destination('/free/', 'new')).rejects.toEqual(refusal('tinyfs.not-found', '"/free"'))
    await expect(fs.destination('/f/', 'new')).rejects.toEqual(refusal('tinyfs.not-a-directory'))
    await expect(fs.destination('/d', '..')).rejects.toEqual(refusal('tinyfs.bad-name'))
  })
})

describe('moving', () => {
  it('refuses to put a directory below itself, also through a link', async () => {
    const fs = await planted('/d/e/', '/l -> d/e')
    await expect(fs.rename('/d', '/d/e/f')).rejects.toEqual(refusal('tinyfs.into-itself'))
    await expect(fs.rename('/d', '/l/f')).rejects.toEqual(refusal('tinyfs.into-itself'))
    await fs.rename('/d', '/d')
    await fs.rename('/d/e', '/e')
    expect(await pathsBelow(fs, '/')).toEqual(['/d', '/e', '/l'])
  })
})

describe('reading', () => {
  it('visits depth first in the order of names and does not enter links', async () => {
    const fs = await planted('/a/z', '/a.txt', '/b/l -> /a', '/b/c/d')
    expect(await pathsBelow(fs, '/')).toEqual(['/a', '/a/z', '/a.txt', '/b', '/b/c', '/b/c/d', '/b/l'])
    expect(await pathsBelow(fs, '/a.txt')).toEqual(['/a.txt'])
    expect(await pathsBelow(fs, '/b/l')).toEqual(['/b/l'])
    expect(await pathsBelow(fs, '/b/l/')).toEqual(['/a/z'])
  })

  it('ends in a directory that contains itself', async () => {
    class Bent extends MemoryBackend {
      override async entries(directory: NodeRef): Promise<readonly DirectoryEntry[]> {
        return [{ name: 'again', node: directory }]
      }
    }
    const fs = new FileSystem(new Bent({ now: () => 0, newId: () => 'root' }))
    await expect(pathsBelow(fs, '/')).rejects.toEqual(refusal('tinyfs.visit-loop', '"/again"'))
  })

  it('reads at once only what fits the limit', async () => {
    const fs = await planted('/f')
    await expect(fs.readAll('/f', { limit: 1 })).rejects.toEqual(refusal('tinyfs.too-large', '2 bytes'))
    expect(await textAt(fs, '/f')).toBe('/f')
  })

  it('offers no way to write over a backend that can only be read', () => {
    // @ts-expect-error a read-only filesystem has no remove
    expect(new ReadFileSystem(memoryBackend()).remove).toBeUndefined()
  })
})
