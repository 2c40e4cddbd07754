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
