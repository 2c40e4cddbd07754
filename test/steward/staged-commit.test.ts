/** A commit of what was staged in the same hold: the journal hears of it only where something else is in it, or it failed. */
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SimStorage } from '../../src/main/platform/sim'
import { TestPond } from './test-pond'

const JOURNAL = 'pending/journal'

async function writeAndCommit(pond: TestPond, path: string, text: string): Promise<number> {
  const content = await pond.engine.prepare([new TextEncoder().encode(text)])
  const { commit } = await pond.engine.stage((fs) => fs.put(path, content, { replace: true, parents: true }), {
    commit: { message: path },
  })
  if (commit?.outcome !== 'committed') throw new Error(`expected a commit, got ${JSON.stringify(commit)}`)
  return commit.version
}

async function opened(): Promise<TestPond> {
  const pond = await TestPond.create()
  onTestFinished(() => pond.engine.close().catch(() => undefined))
  return pond
}

describe('a commit of what was staged in the same hold', () => {
  it('leaves the journal alone where nothing else is pending, and is there for every process', async () => {
    const pond = await opened()
    const before = await pond.storage.readFile(JOURNAL)
    expect(await writeAndCommit(pond, '/a', 'one')).toBe(1)
    expect(await writeAndCommit(pond, '/a', 'two')).toBe(2)
    expect(await pond.storage.readFile(JOURNAL)).toEqual(before)
    const other = await pond.another()
    expect(await other.read('/a', 'head')).toBe('two')
    expect(await other.read('/a', '1')).toBe('one')
    expect(await other.read('/a', 'pending')).toBe('two')
  })

  it('leaves other pending work pending, and goes by the journal then', async () => {
    const pond = await opened()
    await pond.put('/other', 'waits')
    expect(await writeAndCommit(pond, '/a', 'one')).toBe(1)
    expect(await pond.tree('head')).toEqual(['/a'])
    expect(await pond.tree()).toEqual(['/a', '/other'])
    const again = await pond.another(pond.storage.afterCrash('all-unsynced-lost'))
    expect(await again.tree()).toEqual(['/a', '/other'])
    expect(await again.tree('head')).toEqual(['/a'])
  })

  it('that fails at any write leaves it pending, or committed, or nothing where the journal cannot be written either', async () => {
    const seen = new Set<string>()
    for (let k = 1; ; k++) {
      const pond = await opened()
      await writeAndCommit(pond, '/before', 'b')
      const operations = pond.storage.operations
      const content = await pond.engine.prepare([new TextEncoder().encode('a')])
      pond.storage.failAt(operations + k, 'no-space')
      const failure = await pond.engine
        .stage((fs) => fs.put('/a', content), { commit: { message: 'm' } })
        .then(
          () => null,
          (error: unknown) => error,
        )
      if (failure !== null)
        expect(failure).toMatchObject({ code: expect.stringMatching(/no-space|not-known-durable/) as string })
      const isAtEnd = pond.storage.operations < operations + k
      pond.storage.failAt(Infinity, 'io')
      for (const reader of [pond, await pond.another(), await pond.another(pond.storage.afterCrash('nothing-lost'))]) {
        const [head, pending] = [await reader.tree('head'), await reader.tree()]
        const state = head.includes('/a') ? 'committed' : pending.includes('/a') ? 'pending' : 'nothing'
        seen.add(state)
        if (failure === null) expect(state).toBe('committed')
        expect(pending.filter((path) => path === '/a').length).toBe(state === 'nothing' ? 0 : 1)
      }
      // Whatever happened, the pond goes on, and nothing is there twice.
      const { operations: left } = await pond.engine.stage(async (fs) => {
        if (!(await fs.exists('/a'))) await fs.put('/a', content)
      })
      const outcome = await pond.engine.commit({ message: 'again' })
      if (failure === null) expect(outcome.outcome).toBe('nothing-to-commit')
      expect(left.length).toBeLessThan(2)
      expect(await pond.tree('head')).toEqual(['/a', '/before'])
      if (isAtEnd) break
    }
    expect(seen).toContain('pending')
    expect(seen).toContain('committed')
  })

  it('of rows to a series is never there twice, wherever it fails and whatever fails or ends it then', async () => {
    const seen = new Set<string>()
    for (let k = 1, isAtEnd = false; !isAtEnd; k++) {
      for (let j = 1; ; j++) {
        const outcome = await appendThatFails(k, (storage, at) => storage.crashAt(at + j))
        isAtEnd = outcome.isAtEnd
        seen.add(outcome.state)
        if (!outcome.hasCrashed) break
      }
      for (const times of [2, 3, 5, Infinity])
        seen.add((await appendThatFails(k, (storage, at) => storage.failAt(at, 'io', times))).state)
    }
    expect([...seen].sort()).toEqual(['committed', 'nothing', 'pending'])
  })

  it('is followed by the journal when the pond is closed, so that a log which loses it is noticed', async () => {
    const pond = await opened()
    await writeAndCommit(pond, '/a', 'one')
    await writeAndCommit(pond, '/a', 'two')
    await pond.engine.close()
    await pond.storage.remove('data/_delta_log/00000000000000000002.json')
    const other = await pond.another()
    await expect(other.put('/b', 'b')).rejects.toMatchObject({ code: 'oplog.corrupt-log' })
  })

  it('is followed by the journal as soon as something is staged, or after 64 such versions', async () => {
    const pond = await opened()
    await writeAndCommit(pond, '/a', 'one')
    await pond.put('/b', 'b')
    expect(pond.steward.store.pending()?.baseDelta).toBe(1)
    await pond.commit()
    for (let i = 0; i < 70; i++) await writeAndCommit(pond, `/${i}`, 'x')
    await pond.steward.maintenance.settled()
    const { snapshot } = await pond.steward.store.state()
    expect(snapshot.deltaVersion - (pond.steward.store.pending()?.baseDelta ?? 0)).toBeLessThanOrEqual(64)
  })
})

/** An append, committed at once, whose k-th operation fails; then what `worse` does from there. Checks what a next process finds. */
async function appendThatFails(
  k: number,
  worse: (storage: SimStorage, at: number) => void,
): Promise<{
  readonly state: 'committed' | 'pending' | 'nothing'
  readonly isAtEnd: boolean
  readonly hasCrashed: boolean
}> {
  const pond = await opened()
  const { storage } = pond
  await append(pond, 'first')
  const at = storage.operations + k
  storage.failAt(at, 'io')
  worse(storage, at)
  const failure = await append(pond, 'second').then(
    () => null,
    (error: unknown) => error,
  )
  const isAtEnd = storage.operations < at
  const { hasCrashed } = storage
  let state: 'committed' | 'pending' | 'nothing' = 'nothing'
  for (const found of [storage.afterCrash('all-unsynced-lost'), storage.anotherProcess()]) {
    const next = await pond.another(found)
    const [head, pending] = [await labels(next, 'head'), await labels(next, 'pending')]
    state = head.length > 1 ? 'committed' : pending.length > 1 ? 'pending' : 'nothing'
    if (failure === null) expect(state).toBe('committed')
    expect(pending).toEqual(state === 'nothing' ? ['first'] : ['first', 'second'])
    await next.engine.commit({ message: 'what is left' })
    expect(await labels(next, 'head'), `failure at ${k}: it was ${state}`).toEqual(pending)
    await next.engine.close()
  }
  return { state, isAtEnd, hasCrashed }
}

async function append(pond: TestPond, label: string): Promise<void> {
  const content = await pond.engine.prepare([new TextEncoder().encode(label)])
  const facts = { timestampColumn: 'ts', rows: 1 }
  await pond.engine.stage((fs) => fs.append('/s', { content, facts, minEventTime: null, maxEventTime: null }), {
    commit: { message: label },
  })
}

async function labels(pond: TestPond, at: string): Promise<string[]> {
  const moment = await pond.engine.moment(at)
  const found: string[] = []
  for (const part of await moment.seriesParts('/s')) {
    const reader = await moment.openPart(part)
    found.push(new TextDecoder().decode(await reader.read(0, reader.size)))
    await reader.close()
  }
  return found
}
