import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { failing, type Fails } from '../../src/main/platform/testing/failing'
import { createPond, openPond, type Pond, type StagingFileSystem } from '../../src/main/pond'

let folder: string
let fails: Fails = () => false
const world = () => nodeWorld({ storage: failing(nodeStorage(folder), (...at) => fails(...at)) })
/** How often this process has a file of the pond open. */
const openFiles = (name: string) =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === join(folder, name)
    } catch {
      return false
    }
  }).length

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pond-closing-'))
  fails = () => false
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a pond that is closed', () => {
  it('while a write of it waits for the lock gives the lock back', async () => {
    await using holder = await createPond(world())
    const waiting = await openPond(world())
    let go = (): void => undefined
    const goes = new Promise<void>((resolve) => (go = resolve))
    let first: Promise<unknown> = Promise.resolve()
    await new Promise<void>((holds) => {
      first = holder.stage(async (fs) => {
        holds()
        await goes
        await fs.createDirectory('/a', {})
      })
    })
    const second = waiting.stage((fs) => fs.createDirectory('/b', {}))
    const outcome = second.catch((error: unknown) => error)
    await waiting.close()
    go()
    await first
    expect(await outcome).toMatchObject({ code: 'steward.closed' })
    await using third = await openPond(world(), { lockTimeoutMs: 500 })
    await third.stage((fs) => fs.createDirectory('/c', {}))
    expect(await third.list('/')).toMatchObject([{ name: 'a' }, { name: 'c' }])
    if (process.platform === 'linux') expect(openFiles('pending/lock')).toBe(0)
  })

  it('frees everything although its watch cannot be ended', async () => {
    const pond = await createPond(world())
    fails = (operation) => operation === 'watch.close'
    await pond.onChange(() => undefined)
    await pond.stage((fs) => fs.createDirectory('/a', {}))
    if (process.platform === 'linux') expect(openFiles('pending/journal')).toBe(1)
    await expect(pond.close()).rejects.toMatchObject({ code: 'platform.io' })
    if (process.platform === 'linux') expect(openFiles('pending/journal')).toBe(0)
    await expect(pond.stage((fs) => fs.createDirectory('/b', {}))).rejects.toMatchObject({ code: 'steward.closed' })
  })
})

describe('a watch that cannot be started', () => {
  it('is tried again by the next listener, and does not keep the pond from closing', async () => {
    const pond = await createPond(world())
    let works = false
    fails = (operation) => operation === 'watch' && !works
    const heard: number[] = []
    await expect(pond.onChange(({ pending }) => void heard.push(pending))).rejects.toMatchObject({
      code: 'platform.io',
    })
    await pond.stage((fs) => fs.createDirectory('/a', {}))
    expect(heard).toEqual([])
    works = true
    await pond.onChange(({ pending }) => void heard.push(pending))
    expect(heard).toEqual([1])
    works = false
    await pond.close()
  })
})

describe('what is done stands', () => {
  const staged = (pond: Pond) => pond.stage((fs) => fs.createDirectory('/a', {}))

  it('when the lock cannot be given back in order', async () => {
    await using pond = await createPond(world())
    fails = (operation) => operation === 'lock.release'
    expect((await staged(pond)).operations).toHaveLength(1)
  })

  it('when the journal was synced and cannot be closed or looked at afterwards', async () => {
    await using pond = await createPond(world())
    let isAppended = false
    fails = (operation, path) => {
      if (path !== 'pending/journal') return false
      if (operation === 'writer.sync') isAppended = true
      return isAppended && (operation === 'writer.close' || operation === 'stat')
    }
    expect((await staged(pond)).operations).toHaveLength(1)
    fails = () => false
    await pond.stage((fs) => fs.createDirectory('/b', {}))
    expect(await pond.list('/')).toMatchObject([{ name: 'a' }, { name: 'b' }])
    expect((await pond.commit({ message: 'm' })).outcome).toBe('committed')
    await using other = await openPond(world())
    expect(await other.list('/')).toMatchObject([{ name: 'a' }, { name: 'b' }])
    expect((await other.verify()).problems).toEqual([])
  })

  it('when a commit is made and nothing can be read after it', async () => {
    await using pond = await createPond(world())
    await staged(pond)
    let isPublished = false
    fails = (operation) => {
      if (operation === 'link') isPublished = true
      return isPublished && ['stat', 'create', 'open', 'readFile', 'list', 'remove'].includes(operation)
    }
    expect(await pond.commit({ message: 'm' })).toMatchObject({ outcome: 'committed', version: 1 })
    fails = () => false
    expect((await pond.status()).version).toBe(1)
    await pond.stage((fs) => fs.createDirectory('/later', {}))
    expect((await pond.commit({ message: 'n' })).outcome).toBe('committed')
  })

  it.each(['discard', 'undo'] as const)('when a %s is made and nothing can be read after it', async (act) => {
    await using pond = await createPond(world())
    await staged(pond)
    if (act === 'undo') await pond.discard([])
    let isAppended = false
    fails = (operation, path) => {
      if (path === 'pending/journal' && operation === 'writer.sync') isAppended = true
      return isAppended && (operation === 'stat' || operation === 'open')
    }
    if (act === 'undo') expect(await pond.undo()).toEqual({ restored: 1 })
    else expect(await pond.discard([])).toMatchObject({ discarded: 1 })
    fails = () => false
    expect((await pond.status()).pendingOperations).toBe(act === 'undo' ? 1 : 0)
  })

  it.each<[string, (fs: StagingFileSystem) => Promise<string>]>([
    ['a directory', (fs) => fs.createDirectory('/d', {}).then(() => '/d')],
    ['a link', (fs) => fs.createSymlink('/l', '/a').then(() => '/l')],
    ['a rename', (fs) => fs.rename('/a', '/b').then(() => '/b')],
    ['a file', (fs) => fs.createDirectory('/x/y', { parents: true }).then(() => '/x')],
  ])('when %s is staged and nothing can be read after it, and the entry is told all the same', async (_, act) => {
    await using pond = await createPond(world())
    await staged(pond)
    await pond.commit({ message: 'm' })
    let isAppended = false
    fails = (operation, path) => {
      if (path === 'pending/journal' && operation === 'writer.sync') isAppended = true
      return isAppended && ['stat', 'open', 'readFile', 'list'].includes(operation)
    }
    let at = ''
    const told = await pond.stageEntry(async (fs) => (at = await act(fs)))
    fails = () => false
    expect(told).toEqual(await pond.stat(at))
  })

  it('when the file that content came through cannot be removed', async () => {
    await using pond = await createPond(world())
    const content = await pond.prepare([new Uint8Array(200_000)])
    fails = (operation) => operation === 'remove'
    await pond.discardPrepared(content)
    await pond.appendSeries('/s.series', [Buffer.from('timestamp,v\n2026-01-01T00:00:00Z,1\n')], { format: 'csv' })
    fails = () => false
    expect((await pond.status()).pendingOperations).toBe(1)
  })

  it('and what failed says its own reason when cleaning up fails as well', async () => {
    await using pond = await createPond(world())
    fails = (operation) => operation === 'remove'
    async function* source(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(200_000)
      throw new Error('the source broke')
    }
    await expect(pond.prepare(source())).rejects.toThrow('the source broke')
  })
})
