import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond } from '../../src/main/pond'

it('a commit with more inline content than is kept in memory reads back as it was staged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pond-large-commit-'))
  const world = () => nodeWorld({ storage: nodeStorage(folder) })
  const content = (i: number): Uint8Array => Buffer.alloc(60_000, `file ${i} `)
  const pond = await createPond(world())
  await pond.stage(async (fs) => {
    for (let i = 0; i < 200; i++) await fs.put(`/d${i % 7}/f${i}`, await pond.prepare([content(i)]), { parents: true })
    await fs.createSymlink('/link', 'd1/f1')
  })
  expect(await pond.commit({ message: 'much' })).toMatchObject({ outcome: 'committed', operationsCommitted: 208 })
  await pond.close()
  const again = await openPond(world())
  const { fs } = await again.moment('head')
  for (const i of [0, 1, 99, 199]) expect(Buffer.compare(await fs.readAll(`/d${i % 7}/f${i}`), content(i))).toBe(0)
  expect(await fs.readLink('/link')).toBe('d1/f1')
  expect(await again.verify({})).toMatchObject({ ok: true })
  await again.close()
  rmSync(folder, { recursive: true, force: true })
})
