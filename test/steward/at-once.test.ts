/** What a script starts without waiting for each: all of it is one stage. */
import { expect, it } from 'vitest'
import { TestPond } from './test-pond'

const NAMES = Array.from({ length: 20 }, (_, i) => `n${String(i).padStart(2, '0')}`)

it('what one stage does at once has sequence numbers of its own, and is staged whole', async () => {
  const pond = await TestPond.create()
  const { operations } = await pond.engine.stage((fs) =>
    Promise.all(
      NAMES.map(async (name) => {
        const writer = await fs.createFile(`/${name}`)
        await writer.write(new TextEncoder().encode(name))
        await writer.close()
      }),
    ),
  )
  expect(new Set(operations.map(({ seq }) => seq)).size).toBe(NAMES.length)
  const again = await pond.another()
  for (const name of NAMES) expect(await again.read(`/${name}`)).toBe(name)
  await again.commit()
  for (const name of NAMES) expect(await again.read(`/${name}`, 'head')).toBe(name)
})

it('of two that take one name at once in a stage, one is refused', async () => {
  const pond = await TestPond.create()
  const { result } = await pond.engine.stage((fs) =>
    Promise.allSettled([fs.createDirectory('/same'), fs.createDirectory('/same')]),
  )
  expect(result.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(result[1]).toMatchObject({ reason: { code: 'tinyfs.exists' } })
  expect(await pond.tree()).toEqual(['/same/'])
})

it('files that go below directories which several make at once are all staged, each directory once', async () => {
  const pond = await TestPond.create()
  const changing = pond.steward.changing
  const content = await changing.prepare([new TextEncoder().encode('x')])
  const { operations } = await pond.engine.stage((fs) =>
    Promise.all([
      ...NAMES.map((name) => fs.put(`/a/b/${name}`, content, { parents: true })),
      fs.createDirectory('/a/b', { parents: true }),
      fs.createDirectory('/a/b', { parents: true }),
    ]),
  )
  expect(operations.map(({ path }) => path).toSorted()).toEqual(['/a', '/a/b', ...NAMES.map((name) => `/a/b/${name}`)])
  const { result } = await pond.engine.stage((fs) =>
    Promise.allSettled([fs.createDirectory('/c', { parents: true }), fs.put('/c', content)]),
  )
  expect(result).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'tinyfs.exists' } }])
})

it('of contents that one stage puts in one place at once, the last one stands where each may replace', async () => {
  const pond = await TestPond.create()
  const contents = await Promise.all(
    NAMES.map((name) => pond.steward.changing.prepare([new TextEncoder().encode(name)])),
  )
  await pond.engine.stage((fs) =>
    Promise.all(contents.map((content) => fs.put('/new/one', content, { parents: true, replace: true }))),
  )
  expect(NAMES).toContain(await pond.read('/new/one'))
  const { result } = await pond.engine.stage((fs) =>
    Promise.allSettled(contents.slice(0, 2).map((content) => fs.put('/two', content))),
  )
  expect(result).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'tinyfs.exists' } }])
})
