import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { PondError } from '../../../shared/errors'
import { nodeClock, nodeRandom, nodeStorage } from './index'
import { watchFolder } from './watch'

const roots: string[] = []
let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'duckpond-platform-'))
  roots.push(root)
})
// Not after each: tests that run at once have folders at once.
afterAll(() => Promise.all(roots.map((folder) => rm(folder, { recursive: true, force: true }))))

const me = { pid: process.pid, host: 'here', command: 'test' }
const until = async (condition: () => boolean, ms = 3_000): Promise<boolean> => {
  for (const end = performance.now() + ms; performance.now() < end && !condition();) await nodeClock.sleep(5)
  return condition()
}

describe('the lock of a real folder', () => {
  /** Another process that takes the lock, says so, and holds it until it is killed. */
  const otherHolder = async (): Promise<ChildProcess> => {
    const script = join(root, 'holder.cjs')
    await writeFile(
      script,
      `const fs = require('node:fs')
       const { tryLock } = require(${JSON.stringify(require.resolve('fs-native-extensions'))})
       const fd = fs.openSync(process.argv[2], 'a+')
       fs.writeSync(fd, JSON.stringify({ pid: process.pid, host: 'there', command: 'pond commit' }))
       process.send(tryLock(fd, 2 ** 30, 1))
       setInterval(() => undefined, 1000)`,
    )
    const child = fork(script, [join(root, 'lock')])
    expect(await once(child, 'message')).toEqual([true, undefined])
    return child
  }

  it('excludes another process, names it, and is free once that process is killed', async () => {
    const storage = nodeStorage(root)
    const child = await otherHolder()
    const refused = await storage.lock('lock', me, 60).catch((error: PondError) => error)
    expect(refused).toMatchObject({
      code: 'platform.locked',
      detail: { holder: { pid: child.pid, host: 'there', command: 'pond commit' } },
    })
    const waiting = storage.lock('lock', me, 5_000)
    child.kill('SIGKILL')
    await (await waiting).release()
  })

  it('is not fooled by a lock on a file that was replaced', async () => {
    const storage = nodeStorage(root)
    const first = await storage.lock('lock', me, 100)
    await writeFile(join(root, 'new'), '')
    await rename(join(root, 'new'), join(root, 'lock'))
    await first.release()
    const second = await storage.lock('lock', me, 100)
    await expect(storage.lock('lock', me, 20)).rejects.toMatchObject({ code: 'platform.locked' })
    await second.release()
  })
})

describe('watching a real folder', () => {
  // Mostly waiting: both at once, each in a folder of its own.
  it.concurrent.each([['by notification'], ['by polling']])('notices %s what others write', async (how) => {
    const folder = await mkdtemp(join(tmpdir(), 'duckpond-watch-'))
    await mkdir(join(folder, 'data/log'), { recursive: true })
    await mkdir(join(folder, 'cache'))
    await writeFile(join(folder, 'data/journal'), 'one')
    await writeFile(join(folder, 'lock'), '')
    let calls = 0
    const watch = await watchFolder({
      hostPath: folder,
      unwatched: [join(folder, 'cache'), join(folder, 'lock')],
      changed: () => calls++,
      ...(how === 'by polling' && { how: 'poll' as const }),
    })
    // It comes within a moment; a machine that does much else is given longer.
    const noticed = async (change: () => Promise<unknown>, patienceMs = 10_000): Promise<boolean> => {
      await nodeClock.sleep(320)
      calls = 0
      await change()
      return until(() => calls > 0, patienceMs)
    }
    expect(await noticed(() => writeFile(join(folder, 'data/log/1.json'), '{}'))).toBe(true)
    expect(await noticed(() => appendFile(join(folder, 'data/journal'), 'two'))).toBe(true)
    expect(await noticed(() => rename(join(folder, 'data/log/1.json'), join(folder, 'data/log/2.json')))).toBe(true)
    const meaningless = (): Promise<unknown> =>
      Promise.all([writeFile(join(folder, 'cache/x'), 'x'), writeFile(join(folder, 'lock'), 'x')])
    expect(await noticed(meaningless, 700)).toBe(false)
    await watch.close()
    expect(await noticed(() => writeFile(join(folder, 'data/late'), 'x'), 700)).toBe(false)
    await rm(folder, { recursive: true })
  })

  it('says when there is nothing to watch', async () => {
    await expect(nodeStorage(root).watch('absent', () => undefined)).rejects.toMatchObject({
      code: 'platform.not-found',
    })
  })
})

describe('a folder that is yet to be made', () => {
  it('is made with all above it', async () => {
    const storage = nodeStorage(join(root, 'a/b/c'))
    expect(await storage.stat('')).toBeUndefined()
    await storage.makeFolder('')
    await storage.makeFolder('')
    expect(await storage.list('')).toEqual([])
  })
})

describe('failures of a real folder', () => {
  it('name operation and path, whatever the system says', async () => {
    await writeFile(join(root, 'file'), 'x')
    await symlink(join(root, 'loop'), join(root, 'loop'))
    const storage = nodeStorage(root)
    await expect(storage.open('file/inside')).rejects.toMatchObject({
      code: 'platform.not-found',
      detail: { operation: 'open', path: 'file/inside' },
    })
    await expect(storage.open('loop')).rejects.toMatchObject({ code: 'platform.io', detail: { system: 'ELOOP' } })
    await expect(storage.create('x'.repeat(300))).rejects.toMatchObject({
      code: 'platform.io',
      detail: { system: 'ENAMETOOLONG' },
    })
    await expect(nodeStorage('/proc').create('self/nothing')).rejects.toMatchObject({
      detail: { operation: 'create', path: 'self/nothing' },
    })
  })

  it('come also from a file that cannot take more', async () => {
    const writer = await nodeStorage('/dev')
      .append('full')
      .catch((error: PondError) => error)
    // A device is no file of a pond: it is refused before anything is written.
    expect(writer).toMatchObject({ code: 'platform.io' })
  })
})

describe('time and chance', () => {
  it('number uuids so that they grow, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1.7e15, max: 1.9e15 }), { minLength: 2, maxLength: 200 }), (times) => {
        const ids = times.map((now) => nodeRandom.uuid(now))
        for (const id of ids)
          expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        expect([...ids].sort()).toEqual(ids)
        expect(new Set(ids).size).toBe(ids.length)
      }),
    )
  })

  it('tell microseconds that agree with the wall clock', async () => {
    for (let i = 0; i < 20; i++) {
      expect(Math.abs(nodeClock.now() / 1000 - Date.now())).toBeLessThan(5)
      await nodeClock.sleep(1)
    }
  })

  it.each([0, 60_000])('stop sleeping for %i ms when told to', async (ms) => {
    const abort = new AbortController()
    const sleeping = nodeClock.sleep(ms, abort.signal)
    abort.abort(new PondError('steward.closed', 'enough'))
    await expect(sleeping).rejects.toThrow('enough')
    await expect(nodeClock.sleep(ms, abort.signal)).rejects.toThrow('enough')
  })

  it.runIf(process.platform === 'linux')('gives up a folder that the system will not make', async () => {
    await expect(nodeStorage('/proc/pond').makeFolder('')).rejects.toMatchObject({
      code: expect.stringMatching(/^platform\./),
    })
  })
})
