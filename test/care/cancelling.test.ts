import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mustGoOn } from '../../src/shared/cancellation'
import { openPond as openLibrary } from '../../src/main/library'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond, type Pond } from '../../src/main/pond'

let folder: string
const world = () => nodeWorld({ storage: nodeStorage(folder) })
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pond-cancelling-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Calls = Readonly<Record<string, (pond: Pond, signal: AbortSignal) => Promise<unknown>>>

const CSV = Buffer.from('timestamp,v\n2026-01-01T00:00:00Z,1\n')
/** Gives something, and then nothing for ever. */
async function* stuck(first: Uint8Array): AsyncGenerator<Uint8Array> {
  yield first
  await new Promise(() => undefined)
}

const CHANGING: Calls = {
  stage: (pond, signal) => pond.stage((fs) => fs.createDirectory('/d', {}), { signal }),
  commit: (pond, signal) => pond.commit({ signal }),
  gc: (pond, signal) => pond.gc({ signal }),
  appendSeries: (pond, signal) => pond.appendSeries('/s', [CSV], { format: 'csv', signal }),
  prepare: async (pond, signal) => pond.discardPrepared(await pond.prepare([CSV], signal)),
}
const OTHERS: Calls = {
  verify: (pond, signal) => pond.verify({ signal }),
}

describe('a call whose signal aborts', () => {
  it.each(Object.entries({ ...CHANGING, ...OTHERS }))('before it began: %s ends as cancelled', async (_, call) => {
    await using pond = await createPond(world())
    await pond.stage((fs) => fs.createDirectory('/f', {}))
    for (const reason of [undefined, new Error('of the caller'), 'a text']) {
      await expect(call(pond, AbortSignal.abort(reason))).rejects.toMatchObject({ code: 'platform.cancelled' })
    }
    expect((await pond.list('/')).map(({ name }) => name)).toEqual(['f'])
  })

  it.each(Object.entries(CHANGING).filter(([name]) => name !== 'prepare'))(
    'while it waits for the lock: %s ends at once, as cancelled',
    async (_, call) => {
      await using holder = await createPond(world())
      await holder.stage((fs) => fs.createDirectory('/f', {}))
      await using pond = await openPond(world())
      await held(holder, async () => {
        const abort = new AbortController()
        const outcome = call(pond, abort.signal).catch((error: unknown) => error)
        await new Promise((resolve) => setTimeout(resolve, 50))
        abort.abort()
        expect(await outcome).toMatchObject({ code: 'platform.cancelled' })
      })
      expect((await pond.list('/')).map(({ name }) => name)).toEqual(['f'])
    },
  )

  it('while the source of what is appended gives nothing ends at once, and leaves nothing', async () => {
    await using pond = await createPond(world())
    const abort = new AbortController()
    const outcome = pond
      .appendSeries('/s', stuck(new Uint8Array(100_000)), { format: 'csv', signal: abort.signal })
      .catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 50))
    abort.abort()
    expect(await outcome).toMatchObject({ code: 'platform.cancelled' })
    const left = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'))
    expect(left).toEqual([])
  })

  it('of a query says query.cancelled', async () => {
    await (await createPond(world())).close()
    await using pond = await openLibrary(folder)
    const signal = AbortSignal.abort()
    const code = 'query.cancelled'
    await expect(pond.query('SELECT 1', { signal })).rejects.toMatchObject({ code })
    await expect(pond.queryArrow('SELECT 1', { signal })).rejects.toMatchObject({ code })
    const hostPath = join(tmpdir(), 'never.csv')
    await expect(pond.export('SELECT 1', hostPath, { format: 'csv', signal })).rejects.toMatchObject({ code })
  })

  it('gives a reason that is one of ours on as it is', () => {
    expect(() => mustGoOn(AbortSignal.abort())).toThrow('cancelled before it was done')
  })
})

describe('a pond that is closed while a write of it waits for the lock', () => {
  it('ends the wait at once, and holds nothing', async () => {
    await using holder = await createPond(world())
    const pond = await openPond(world(), { lockTimeoutMs: 600_000 })
    await held(holder, async () => {
      const outcome = pond.stage((fs) => fs.createDirectory('/d', {})).catch((error: unknown) => error)
      await new Promise((resolve) => setTimeout(resolve, 50))
      await pond.close()
      // While the other one still holds the lock.
      expect(await outcome).toMatchObject({ code: 'steward.closed' })
    })
    await holder.stage((fs) => fs.createDirectory('/e', {}))
    expect((await holder.list('/')).map(({ name }) => name)).toEqual(['e'])
  })
})

/** Does work while another stage of the pond holds its lock. */
async function held(holder: Pond, work: () => Promise<void>): Promise<void> {
  let go = (): void => undefined
  const goes = new Promise<void>((resolve) => (go = resolve))
  let holding: Promise<unknown> = Promise.resolve()
  await new Promise<void>((holds) => {
    holding = holder.stage(async () => {
      holds()
      await goes
    })
  })
  try {
    await work()
  } finally {
    go()
    await holding
  }
}
