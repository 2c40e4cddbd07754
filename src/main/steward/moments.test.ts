import { describe, expect, it } from 'vitest'
import { SimulatedSteward } from './testing/simulated'

const text = async (moment: Awaited<ReturnType<SimulatedSteward['steward']['moment']>>, path: string) =>
  new TextDecoder().decode(await moment.fs.readAll(path))

describe('a moment that is held', () => {
  it('reads what was pending then, however often there was a commit since', async () => {
    const pond = await SimulatedSteward.create()
    for (const path of ['/committed', '/waiting', '/dropped', '/moved']) await pond.put(path, `text of ${path}`)
    const moment = await pond.steward.moment('pending')
    await pond.steward.discard(['/dropped'])
    for (let i = 0; i < 8; i++) {
      await pond.put(`/more/${i}`, `${i}`)
      await pond.steward.commit({ only: { paths: i === 3 ? ['/committed', '/moved'] : ['/more'] } })
      if (i === 4) await pond.steward.stage((fs) => fs.rename('/moved', '/there'))
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
