import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PondChanged } from '../../src/shared/model'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond, type Pond } from '../../src/main/pond'

const text = (value: string): Uint8Array[] => [new TextEncoder().encode(value)]

describe('a steward', () => {
  let folder: string
  const opened: Pond[] = []
  const world = () => nodeWorld({ storage: nodeStorage(join(folder, 'pond')), user: 'ada', command: 'test' })
  const keep = (steward: Pond): Pond => {
    opened.push(steward)
    return steward
  }
  const create = async (): Promise<Pond> => keep(await createPond(world()))
  const open = async (): Promise<Pond> => keep(await openPond(world()))
  const put = async (steward: Pond, path: string, value: string, replace = false): Promise<void> => {
    const content = await steward.prepare(text(value))
    await steward.stage((fs) => fs.put(path, content, { replace, parents: true }))
  }
  const read = async (steward: Pond, path: string, at = 'pending'): Promise<string> =>
    new TextDecoder().decode(await (await steward.moment(at)).fs.readAll(path))
  const names = async (steward: Pond, path = '/', at = 'pending'): Promise<string[]> =>
    (await (await steward.moment(at)).list(path, false)).map(({ name }) => name)
  const commit = async (steward: Pond, message: string): Promise<number> => {
    const outcome = await steward.commit({ message })
    expect(outcome.outcome).toBe('committed')
    return outcome.version
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pond-steward-'))
  })
  afterEach(async () => {
    for (const steward of opened.splice(0)) await steward.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('shows what is staged at once, and keeps it for the next process', async () => {
    const first = await create()
    await put(first, '/a/b.txt', 'hello')
    expect(await read(first, '/a/b.txt')).toBe('hello')
    expect(await names(first, '/', 'head')).toEqual([])
    const second = await open()
    expect(await read(second, '/a/b.txt')).toBe('hello')
    expect(await second.status()).toMatchObject({ version: 0, pendingOperations: 2, totalNodes: 2 })
  })

  it('commits what is pending as one version, that another process sees', async () => {
    const first = await create()
    const second = await open()
    await put(first, '/a.txt', 'one')
    expect(await first.commit({ message: 'first' })).toMatchObject({
      outcome: 'committed',
      version: 1,
      operationsCommitted: 1,
      recordBatchSize: 3,
    })
    expect(await read(second, '/a.txt', 'head')).toBe('one')
    expect(await second.status()).toMatchObject({ version: 1, pendingOperations: 0, totalNodes: 1 })
    expect(await second.log({})).toMatchObject([
      { version: 1, message: 'first', author: 'ada', operations: 1, isHead: true, counts: { added: 1 } },
    ])
    expect(await first.commit({ message: 'again' })).toEqual({ outcome: 'nothing-to-commit', version: 1 })
  })

  it('reads every version as it was', async () => {
    const pond = await create()
    await put(pond, '/x/a.txt', 'one')
    await commit(pond, '1')
    await put(pond, '/x/a.txt', 'two', true)
    await put(pond, '/x/b.txt', 'b')
    await commit(pond, '2')
    await pond.stage(async (fs) => {
      await fs.rename('/x/a.txt', '/moved.txt')
      await fs.remove('/x/b.txt')
    })
    await commit(pond, '3')
    const fresh = await open()
    expect(await read(fresh, '/x/a.txt', '1')).toBe('one')
    expect(await read(fresh, '/x/a.txt', 'head~1')).toBe('two')
    expect(await names(fresh, '/x', '2')).toEqual(['a.txt', 'b.txt'])
    expect(await names(fresh, '/x', '3')).toEqual([])
    expect(await read(fresh, '/moved.txt')).toBe('two')
    expect(await names(fresh, '/', '0')).toEqual([])
    await expect(fresh.moment('4')).rejects.toMatchObject({ code: 'steward.unknown-version' })
    await expect(fresh.moment('yesterday')).rejects.toMatchObject({ code: 'steward.bad-time' })
    expect((await fresh.fileVersions('/moved.txt')).map(({ change, version }) => [change, version])).toEqual([
      ['renamed', 3],
      ['modified', 2],
      ['added', 1],
    ])
  })

  it('moves a directory with everything in it, as one change', async () => {
    const pond = await create()
    await put(pond, '/d/e/f.txt', 'f')
    await commit(pond, '1')
    await pond.stage((fs) => fs.rename('/d', '/g'))
    expect(await read(pond, '/g/e/f.txt')).toBe('f')
    expect((await pond.diff('head', 'pending')).changes).toMatchObject([
      { change: 'renamed', path: '/g', oldPath: '/d' },
    ])
    await commit(pond, '2')
    const fresh = await open()
    expect(await read(fresh, '/g/e/f.txt')).toBe('f')
    expect(await read(fresh, '/d/e/f.txt', '1')).toBe('f')
    expect((await fresh.diff('1', '2')).changes).toMatchObject([{ change: 'renamed', path: '/g', oldPath: '/d' }])
    expect((await fresh.diff('2', '1')).changes).toMatchObject([{ change: 'renamed', path: '/d', oldPath: '/g' }])
  })

  it('stages all of a piece of work or nothing of it', async () => {
    const pond = await create()
    const content = await pond.prepare(text('x'))
    const work = pond.stage(async (fs) => {
      await fs.put('/one', content)
      await fs.put('/one', content)
    })
    await expect(work).rejects.toMatchObject({ code: 'tinyfs.exists' })
    expect(await names(pond)).toEqual([])
    expect(await pond.status()).toMatchObject({ pendingOperations: 0 })
  })

  it('discards an entry with what depends on it, and undoes that in another process', async () => {
    const pond = await create()
    await put(pond, '/keep.txt', 'keep')
    await put(pond, '/d/a.txt', 'a')
    await put(pond, '/d/a.txt', 'b', true)
    expect(await pond.discard(['/d'])).toMatchObject({ discarded: 3 })
    expect(await names(pond)).toEqual(['keep.txt'])
    const other = await open()
    expect(await other.undo()).toEqual({ restored: 3 })
    expect(await read(other, '/d/a.txt')).toBe('b')
    expect(await read(pond, '/d/a.txt')).toBe('b')
    await expect(other.undo()).rejects.toMatchObject({ code: 'steward.nothing-to-undo' })
    await expect(pond.discard(['/nothing'])).rejects.toMatchObject({ code: 'tinyfs.not-found' })
  })

  it('discards an operation that no longer applies, and commits the rest', async () => {
    const pond = await create()
    await put(pond, '/x', 'x')
    await commit(pond, '1')
    await pond.close()
    cpSync(join(folder, 'pond'), join(folder, 'copy'), { recursive: true })
    const here = await open()
    await put(here, '/x', 'changed', true)
    await put(here, '/n', 'new')
    await here.close()
    const world2 = nodeWorld({ storage: nodeStorage(join(folder, 'copy')), user: 'eve', command: 'test' })
    const elsewhere = keep(await openPond(world2))
    await elsewhere.stage((fs) => fs.remove('/x'))
    await commit(elsewhere, 'gone elsewhere')
    await elsewhere.close()
    cpSync(join(folder, 'copy', 'data'), join(folder, 'pond', 'data'), { recursive: true })
    const again = await open()
    expect(await again.commit({ message: 'mine' })).toMatchObject({ outcome: 'conflict', conflicts: [{ path: '/x' }] })
    expect(await again.discard(['/x'])).toMatchObject({ discarded: 1 })
    await commit(again, 'the rest')
    expect(await names(again)).toEqual(['n'])
  })

  it('walks further back with every undo', async () => {
    const pond = await create()
    await put(pond, '/a', 'a')
    await put(pond, '/b', 'b')
    await pond.discard(['/a'])
    await pond.discard(['/b'])
    await pond.undo()
    expect(await names(pond)).toEqual(['b'])
    await pond.undo()
    expect(await names(pond)).toEqual(['a', 'b'])
  })

  it('brings a version back as pending changes, under the ids that nodes had', async () => {
    const pond = await create()
    await put(pond, '/a.txt', 'a')
    await put(pond, '/d/b.txt', 'b')
    await put(pond, '/swap1', '1')
    await put(pond, '/swap2', '2')
    await commit(pond, '1')
    const before = (await (await pond.moment('1')).entry('/a.txt')).nodeId
    await pond.stage(async (fs) => {
      await fs.remove('/a.txt')
      await fs.remove('/d', { recursive: true })
      await fs.rename('/swap1', '/t')
      await fs.rename('/swap2', '/swap1')
      await fs.rename('/t', '/swap2')
    })
    await put(pond, '/new.txt', 'new')
    await commit(pond, '2')
    const restored = await pond.restore(null, '1')
    expect(restored).toMatchObject({ target: 'version 1', nodesRestored: 6 })
    expect(await names(pond)).toEqual(['a.txt', 'd', 'swap1', 'swap2'])
    await commit(pond, '3')
    const fresh = await open()
    expect(await read(fresh, '/a.txt')).toBe('a')
    expect(await read(fresh, '/d/b.txt')).toBe('b')
    expect(await read(fresh, '/swap1')).toBe('1')
    expect((await (await fresh.moment('3')).entry('/a.txt')).nodeId).toBe(before)
    expect((await fresh.diff('1', '3')).changes).toEqual([])
    expect((await fresh.verify({})).problems).toEqual([])
  })

  it('restores one deleted file, with the directories it needs', async () => {
    const pond = await create()
    await put(pond, '/d/e/b.txt', 'b')
    await put(pond, '/d/c.txt', 'c')
    await commit(pond, '1')
    await pond.stage((fs) => fs.remove('/d', { recursive: true }))
    await commit(pond, '2')
    await pond.restore('/d/e/b.txt', '1')
    expect(await read(pond, '/d/e/b.txt')).toBe('b')
    expect(await names(pond, '/d')).toEqual(['e'])
    await expect(pond.restore('/nowhere', '1')).rejects.toMatchObject({ code: 'tinyfs.not-found' })
  })

  it('removes a directory with all that is in it by one operation for each, the deepest first', async () => {
    const pond = await create()
    for (const path of ['/d/e/f', '/d/e/g', '/d/h']) await put(pond, path, path)
    await commit(pond, '1')
    const { operations } = await pond.stage((fs) => fs.remove('/d', { recursive: true }))
    expect(operations.map(({ operation, path }) => [operation, path])).toEqual(
      ['/d/e/f', '/d/e/g', '/d/e', '/d/h', '/d'].map((path) => ['delete', path]),
    )
  })

  it('keeps large content outside the table, and verifies it', async () => {
    const pond = await create()
    const large = 'x'.repeat(65_537)
    await put(pond, '/d/large', large)
    await put(pond, '/limit', 'y'.repeat(65_536))
    await commit(pond, '1')
    const fresh = await open()
    expect(await read(fresh, '/d/large')).toBe(large)
    const report = await fresh.verify({})
    expect(report).toMatchObject({ ok: true, checked: { blobs: 1 } })
    const blobs = join(folder, 'pond/large')
    const shard = readdirSync(blobs)[0] as string
    const file = join(blobs, shard, readdirSync(join(blobs, shard))[0] as string)
    const bytes = readFileSync(file)
    bytes[100] = 0
    writeFileSync(file, bytes)
    expect(await fresh.verify({})).toMatchObject({ ok: false, problems: [{ kind: 'tlogfs.corrupt-content' }] })
    const detail = { path: '/d/large', version: 1, file: expect.stringContaining('large/') }
    await expect(read(fresh, '/d/large')).rejects.toMatchObject({ code: 'tlogfs.corrupt-content', detail })
    const below = await (await fresh.moment('head')).workingDirectory('/d')
    await expect(below.fs.readAll('large')).rejects.toMatchObject({ code: 'tlogfs.corrupt-content', detail })
  })

  it('tells who listens of the changes of others', async () => {
    const pond = await create()
    const other = await open()
    const events: PondChanged[] = []
    await pond.onChange((event) => events.push(event))
    await put(other, '/a', 'a')
    await expect.poll(() => events.at(-1)?.pending, { timeout: 3000 }).toBe(1)
    await commit(other, '1')
    await expect.poll(() => events.at(-1), { timeout: 3000 }).toMatchObject({ version: 1, pending: 0 })
  })

  it('refuses what is no pond, and a folder that has something else in it', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'steward.not-a-pond' })
    await create()
    await expect(create()).rejects.toMatchObject({ code: 'steward.already-a-pond' })
    writeFileSync(join(folder, 'pond/pond.json'), '{"format":99,"pondId":"x","createdAt":"x"}')
    await expect(open()).rejects.toMatchObject({ code: 'steward.newer-format' })
    rmSync(join(folder, 'pond'), { recursive: true })
    const other = nodeStorage(join(folder, 'pond'))
    await other.makeFolder('stuff')
    await expect(create()).rejects.toMatchObject({ code: 'steward.folder-not-empty' })
  })

  it('commits its own work in the hold that staged it', async () => {
    const pond = await create()
    const staged = await pond.stage((fs) => fs.createDirectory('/d'), { commit: { message: 'with a directory' } })
    expect(staged.commit).toMatchObject({ outcome: 'committed', version: 1 })
    expect((await pond.show(1)).map(({ operation, path }) => [operation, path])).toEqual([['create', '/d']])
  })

  it('leaves alone what else is pending, but for what it needs', async () => {
    const pond = await create()
    await pond.stage((fs) => fs.createDirectory('/d'))
    await put(pond, '/other', 'other')
    await put(pond, '/dropped', 'dropped')
    await pond.discard(['/dropped'])
    const content = await pond.prepare(text('mine'))
    const { commit: outcome } = await pond.stage((fs) => fs.put('/d/mine', content), { commit: { message: 'mine' } })
    expect(outcome).toMatchObject({ outcome: 'committed', version: 1, operationsCommitted: 2 })
    const again = await open()
    expect(await names(again, '/', 'head')).toEqual(['d'])
    expect(await names(again)).toEqual(['d', 'other'])
    expect(await read(again, '/other')).toBe('other')
    expect(await again.undo()).toEqual({ restored: 1 })
    expect(await commit(again, 'the rest')).toBe(2)
    expect(await names(again, '/', 'head')).toEqual(['d', 'dropped', 'other'])
  })

  it('reads the same again after it has dropped all that it knew', async () => {
    const pond = await create()
    await put(pond, '/a/b', 'b')
    await commit(pond, '1')
    await put(pond, '/c', 'c')
    expect(await pond.restoreFromOplog()).toMatchObject({ nodesRestored: 3, staged: 0 })
    expect(await names(pond)).toEqual(['a', 'c'])
    expect(await read(pond, '/a/b', '1')).toBe('b')
  })

  it('finds what was at a path before it, or a directory above it, was moved or removed', async () => {
    const pond = await create()
    await put(pond, '/a/b/c.txt', 'c')
    await commit(pond, '1')
    await pond.stage((fs) => fs.rename('/a', '/moved'))
    await commit(pond, '2')
    await pond.stage((fs) => fs.remove('/moved/b/c.txt'))
    await commit(pond, '3')
    const paths = async (path: string): Promise<(number | null)[]> =>
      (await pond.fileVersions(path)).map(({ version }) => version)
    expect(await paths('/a/b/c.txt')).toEqual([3, 2, 1])
    expect(await paths('/moved/b/c.txt')).toEqual([3, 2, 1])
    expect(await paths('/a')).toEqual([2, 1])
    await expect(pond.fileVersions('/never')).rejects.toMatchObject({ code: 'tinyfs.not-found' })
  })

  it('reports damage below what is pending, and goes on reading what is whole', async () => {
    const pond = await create()
    await put(pond, '/a.txt', 'a')
    await commit(pond, '1')
    await put(pond, '/b.txt', 'b')
    await pond.close()
    const data = join(folder, 'pond/data')
    const file = readdirSync(data).find((name) => name.endsWith('.parquet')) as string
    writeFileSync(join(data, file), readFileSync(join(data, file)).subarray(0, -20))
    const report = await (await open()).verify({})
    expect(report).toMatchObject({ ok: false, problems: [{ file: `data/${file}`, kind: 'oplog.corrupt-data' }] })
  })
})
