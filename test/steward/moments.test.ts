import { describe, expect, it } from 'vitest'
import { fromIsoTime, toExactTime } from '../../src/shared/time'
import { SimStorage } from '../../src/main/platform/sim'
import { counted } from '../../src/main/platform/testing/counted'
import { TestPond } from './test-pond'

const text = async (moment: Awaited<ReturnType<TestPond['engine']['moment']>>, path: string) =>
  new TextDecoder().decode(await moment.fs.readAll(path))

describe('a moment that is held', () => {
  it('reads what was pending then, however often there was a commit since', async () => {
    const pond = await TestPond.create()
    for (const path of ['/committed', '/waiting', '/dropped', '/moved']) await pond.put(path, `text of ${path}`)
    const moment = await pond.engine.moment('pending')
    await pond.engine.discard(['/dropped'])
    for (let i = 0; i < 8; i++) {
      await pond.put(`/more/${i}`, `${i}`)
      await pond.engine.commit({ only: { paths: i === 3 ? ['/committed', '/moved'] : ['/more'] } })
      if (i === 4) await pond.engine.stage((fs) => fs.rename('/moved', '/there'))
    }
    for (const path of ['/committed', '/waiting', '/dropped', '/moved'])
      expect(await text(moment, path)).toBe(`text of ${path}`)
    await pond.commit()
    for (let i = 0; i < 5; i++) {
      await pond.put(`/last/${i}`, `${i}`)
      await pond.commit()
    }
    for (const path of ['/committed', '/waiting', '/moved']) expect(await text(moment, path)).toBe(`text of ${path}`)
    // Nobody can bring this back any more, and no version has it.
    await expect(text(moment, '/dropped')).rejects.toMatchObject({ code: 'tlogfs.missing-content' })
  })
})

describe('a moment of the past', () => {
  it('is not read again after a commit by anybody, as long as the files that it was read from are there', async () => {
    const plain = new SimStorage()
    const before = await TestPond.create(plain)
    for (let i = 0; i < 3; i++) {
      for (let file = 0; file < 4; file++) await before.put(`/d/${i}/${file}`, `${i}`)
      await before.commit()
    }
    const { storage, during } = counted(plain.anotherProcess(), (file) => file.endsWith('.parquet'))
    const pond = await before.another(storage)
    const list = async (): Promise<unknown> => (await pond.engine.moment('2')).list('/d/1', true)
    const first = await list()
    expect(first).toHaveLength(4)
    const nothingRead = async (): Promise<void> =>
      expect((await during(async () => expect(await list()).toEqual(first))).reads).toBe(0)
    await pond.put('/more', 'x')
    await pond.commit()
    await pond.engine.status()
    await nothingRead()
    for (let i = 0; i < 3; i++) {
      await before.put('/d/1/3', `by another process, ${i}`)
      await before.commit()
      await pond.engine.status()
      await nothingRead()
    }
    // Merged files have their rows elsewhere: what was read of them is read again, and is the same.
    await pond.engine.compact()
    expect(await list()).toEqual(first)
    expect(await pond.read('/d/1/3', '2')).toBe('1')
  })
})

describe('a moment', () => {
  it('by time is the last version that was committed by then; before the pond was made there is none', async () => {
    const pond = await TestPond.create()
    const created = (await pond.engine.info()).createdAt
    const times: number[] = []
    for (let i = 0; i < 5; i++) {
      pond.clock.set(pond.clock.now() + 86_400_000_000)
      await pond.put('/a', `${i}`)
      await pond.commit()
      times.push((await pond.engine.log({ limit: 1 }))[0]!.committedAt)
    }
    const versionAt = async (at: string): Promise<number> => (await pond.engine.moment(at)).at.version
    expect(await versionAt(created)).toBe(0)
    for (const [i, time] of times.entries()) {
      expect(await versionAt(toExactTime(time))).toBe(i + 1)
      expect(await versionAt(toExactTime(time - 1))).toBe(i)
    }
    expect(await versionAt('2999-01-01')).toBe(5)
    await expect(pond.engine.moment(toExactTime(fromIsoTime(created) - 1))).rejects.toMatchObject({
      code: 'steward.unknown-version',
    })
    await expect(pond.engine.moment('1999-01-01')).rejects.toMatchObject({ code: 'steward.unknown-version' })
  })

  it('may be version 0, the empty pond, by every name it has', async () => {
    const pond = await TestPond.create()
    for (const at of ['0', 'head', 'pending']) expect(await pond.tree(at)).toEqual([])
    await pond.put('/a', 'a')
    await pond.commit()
    for (const at of ['0', 'head~1']) expect(await pond.tree(at)).toEqual([])
    expect((await pond.engine.diff('0', '1')).counts).toMatchObject({ added: 1 })
    expect((await pond.engine.diff('1', '0')).counts).toMatchObject({ deleted: 1 })
  })

  it.each([
    ['2', 'steward.unknown-version'],
    ['head~2', 'steward.unknown-version'],
    ['99999999999999999999', 'steward.bad-time'],
    ['-1', 'steward.bad-time'],
    ['head~', 'steward.bad-time'],
    ['head~-1', 'steward.bad-time'],
    ['', 'steward.bad-time'],
    ['yesterday', 'steward.bad-time'],
    ['1.5', 'steward.bad-time'],
  ])('cannot be %j: %s', async (at, code) => {
    const pond = await TestPond.create()
    await pond.put('/a', 'a')
    await pond.commit()
    const refused = { code }
    await expect(pond.engine.moment(at)).rejects.toMatchObject(refused)
    await expect(pond.engine.diff(at, 'head')).rejects.toMatchObject(refused)
    await expect(pond.engine.restore(null, at)).rejects.toMatchObject(refused)
    await expect(pond.engine.find({}, at)).rejects.toMatchObject(refused)
    expect(await pond.engine.status()).toMatchObject({ pendingOperations: 0 })
  })
})
