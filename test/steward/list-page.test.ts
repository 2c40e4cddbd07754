/** Part of a directory's list: the same entries as in the whole, without reading the others. */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { LayeredMap } from '../../src/main/tlogfs/maps/layered-map'
import { TestPond } from './test-pond'

afterEach(() => vi.restoreAllMocks())

const PAGE = { offset: 300, limit: 100 }

/** Files and how many of them are known of a directory after a page of it was listed in a pond that was just opened. */
async function known(files: number): Promise<{ readonly total: number; readonly read: number }> {
  const made = await TestPond.create()
  const content = await made.engine.prepare([new TextEncoder().encode('text')])
  await made.engine.stage(async (fs) => {
    for (let i = 0; i < files; i++) await fs.put(`/many/f${String(i).padStart(5, '0')}`, content, { parents: true })
  })
  await made.engine.commit({})
  const { engine } = await made.another()
  const moment = await engine.moment('pending')
  await moment.fs.list('/many')
  const learn = vi.spyOn(LayeredMap.prototype, 'learn')
  const { total, entries } = await moment.listPage('/many', true, PAGE)
  expect(entries.map(({ name }) => name)).toEqual(
    Array.from({ length: PAGE.limit }, (_, i) => `f${String(PAGE.offset + i).padStart(5, '0')}`),
  )
  const read = learn.mock.calls.length
  learn.mockRestore()
  await engine.close()
  return { total, read }
}

describe('a page of a list', () => {
  it('costs what it shows, however many entries the directory has', async () => {
    const [few, many] = [await known(1_000), await known(4_000)]
    expect([few.total, many.total]).toEqual([1_000, 4_000])
    expect(few.read).toBeLessThan(2 * PAGE.limit)
    expect(many.read).toBe(few.read)
  })

  it('has what the whole list has at its place, of what is there and of what is pending deletion', async () => {
    const names = ['a', 'b', 'B', 'é', 'e', 'z', '10', '9', 'link', 'folder']
    const kinds = fc.constantFrom('absent', 'committed', 'changed', 'removed', 'new')
    await fc.assert(
      fc.asyncProperty(
        fc.array(kinds, { minLength: names.length, maxLength: names.length }),
        fc.nat(names.length),
        fc.integer({ min: 1, max: names.length }),
        fc.boolean(),
        async (states, offset, limit, deleted) => {
          const { engine } = await TestPond.create()
          const content = await engine.prepare([new TextEncoder().encode('text')])
          const other = await engine.prepare([new TextEncoder().encode('other')])
          const make = async (when: readonly string[]): Promise<void> => {
            await engine.stage(async (fs) => {
              for (const [i, name] of names.entries()) {
                if (!when.includes(states[i]!)) continue
                if (name === 'folder') await fs.createDirectory('/d/folder')
                else if (name === 'link') await fs.createSymlink('/d/link', 'a')
                else await fs.put(`/d/${name}`, content)
              }
            })
          }
          await engine.stage((fs) => fs.createDirectory('/d'))
          await make(['committed', 'changed', 'removed'])
          await engine.commit({})
          await make(['new'])
          await engine.stage(async (fs) => {
            for (const [i, name] of names.entries()) {
              if (states[i] === 'removed') await fs.remove(`/d/${name}`)
              if (states[i] === 'changed' && name !== 'folder' && name !== 'link')
                await fs.put(`/d/${name}`, other, { replace: true })
            }
          })
          const paged = await (await engine.moment('pending')).listPage('/d', deleted, { offset, limit })
          const whole = await (await engine.moment('pending')).list('/d', deleted)
          expect(paged).toEqual({ total: whole.length, entries: whole.slice(offset, offset + limit) })
          await engine.close()
        },
      ),
      { numRuns: runs(60) },
    )
  })

  it('refuses what is no directory as the list does', async () => {
    const { engine } = await TestPond.create()
    await engine.stage(async (fs) => fs.put('/file', await engine.prepare([new Uint8Array(1)])))
    const moment = await engine.moment('pending')
    for (const path of ['/file', '/nothing']) {
      const refused = await moment.list(path, true).catch((error: unknown) => error)
      await expect(moment.listPage(path, true, PAGE)).rejects.toMatchObject({
        code: (refused as { code: string }).code,
      })
    }
    await engine.close()
  })
})
