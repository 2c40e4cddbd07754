/** A head view goes on by the rows of a commit. It must show what one that reads everything anew shows. */
import { describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { Prng, SimStorage } from '../../src/main/platform/sim'
import type { Pond } from '../../src/main/pond'
import { EMPTY_POND, outcomes, randomAct } from '../simulation/model'
import { SimulatedPond } from '../simulation/pond'

const HISTORIES = runs(12)
const ACTS = 60

describe('the view after a commit', () => {
  it.each(Array.from({ length: HISTORIES }, (_, seed) => seed))(
    'shows what a view that read everything anew shows, names, places and versions: history %i',
    async (seed) => {
      const random = new Prng(seed)
      const pond = new SimulatedPond(new SimStorage(), seed)
      await pond.create()
      let state = EMPTY_POND
      let compared = 0
      for (let acts = 0; acts < ACTS; acts++) {
        const act = randomAct(random, state)
        // The long-lived process is what is tried.
        if (act.kind === 'reopen') continue
        await pond.perform(act)
        state = outcomes(state, act).at(-1)!
        if (act.kind !== 'commit' && !(act.kind === 'stage' && act.commit)) continue
        const fresh = pond.next(pond.storage.anotherProcess())
        expect(await described(await pond.open(), random)).toEqual(await described(await fresh.open()))
        await fresh.close()
        compared++
      }
      expect(compared).toBeGreaterThan(5)
      await pond.close()
    },
  )

  it('keeps names in order and finds every spelling in a directory that grows and shrinks by thousands', async () => {
    const pond = new SimulatedPond(new SimStorage(), 1)
    await pond.create()
    const engine = await pond.open()
    const random = new Prng(7)
    const names = new Set<string>()
    for (let version = 0; version < 40; version++) {
      await engine.stage(
        async (fs) => {
          for (let count = 0; count < 90; count++) {
            const name = `${random.pick(['a', 'é', 'e\u0301', '😀', 'ﬁ'])}${random.below(3_000)}`
            const twin = [...names].find((known) => known.normalize('NFC') === name.normalize('NFC'))
            if (twin === undefined) await fs.createDirectory(`/${name}`)
            else await fs.remove(`/${name}`)
            if (twin === undefined) names.add(name)
            else names.delete(twin)
          }
        },
        { commit: { message: 'm', everything: true } },
      )
      const head = await engine.moment('head')
      const listed = (await head.list('/', false)).map(({ name }) => name)
      expect(listed).toEqual([...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
      for (const name of listed.slice(0, 20)) expect((await head.entry(`/${name.normalize('NFD')}`)).name).toBe(name)
    }
    expect(names.size).toBeGreaterThan(1_200)
    await pond.close()
  })
})

/** Everything the head says. With `random`, some of it is asked for in an order of its own first. */
async function described(engine: Pond, random?: Prng): Promise<unknown> {
  const moment = await engine.moment('head')
  const entries = await moment.glob('/**', true)
  if (random !== undefined) {
    for (let count = 0; count < 3 && entries.length > 0; count++) {
      await moment.entry(entries[random.below(entries.length)]!.path)
    }
  }
  return Promise.all(
    entries.map(async (entry) => ({
      ...entry,
      bytes: entry.fileType.startsWith('file')
        ? Buffer.from(await moment.fs.readAll(entry.path)).toString('hex')
        : null,
    })),
  )
}
