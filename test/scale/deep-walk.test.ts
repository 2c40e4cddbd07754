import { describe, expect, it, vi } from 'vitest'
import { ReadFileSystem } from '../../src/main/tinyfs/read-filesystem'
import { FileSystem } from '../../src/main/tinyfs/filesystem'
import { glob } from '../../src/main/tinyfs/glob'
import { MemoryBackend } from '../../src/main/tinyfs/backends/memory'

const LEVELS = 10_000
const chain = (depth: number): string => '/d'.repeat(depth)

function memory(): MemoryBackend {
  let ids = 0
  return new MemoryBackend({ now: () => 0, newId: () => String(++ids) })
}

describe('ten thousand directories in each other', () => {
  it('are visited, matched and removed without one call inside another, and looked up once each', async () => {
    const backend = memory()
    let parent = backend.root
    for (let depth = 0; depth < LEVELS; depth++) parent = await backend.createDirectory(parent, 'd')
    const fs = new FileSystem(backend)
    const lookups = vi.spyOn(backend, 'lookup')
    let visited = 0
    for await (const { depth } of fs.visit('/')) {
      expect(depth).toBe(visited++)
      if (visited % 100 === 0) await fs.find(chain(visited))
    }
    expect(visited).toBe(LEVELS)
    expect(lookups.mock.calls.length).toBeLessThan(LEVELS + 200)
    const found = await glob(fs, '/**/d')
    expect(found).toHaveLength(LEVELS)
    await fs.remove('/d', { recursive: true })
    expect(await fs.list('/')).toEqual([])
  }, 30_000)

  it('are found anew after one of them was moved, removed, or made again', async () => {
    const fs = new FileSystem(memory())
    await fs.createDirectory('/a/b/c', { parents: true })
    const before = (await fs.find('/a/b/c')).node.id
    await fs.rename('/a/b', '/a/x')
    expect(await fs.exists('/a/b/c')).toBe(false)
    expect((await fs.find('/a/x/c')).node.id).toBe(before)
    await fs.remove('/a/x', { recursive: true })
    expect(await fs.exists('/a/x/c')).toBe(false)
    await fs.createDirectory('/a/x/c', { parents: true })
    expect((await fs.find('/a/x/c')).node.id).not.toBe(before)
    await fs.remove('/a/x/c')
    await fs.createSymlink('/a/x/c', '/a')
    expect((await fs.find('/a/x/c/x')).path).toBe('/a/x')
    expect(new ReadFileSystem(fs.backend).base.path).toBe('/')
  })
})
