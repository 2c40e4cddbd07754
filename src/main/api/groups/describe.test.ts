import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../platform/node'
import { createPond } from '../../pond'
import { describe as describeEntry } from './describe'

const text = (value: string): Uint8Array[] => [new TextEncoder().encode(value)]

it('a series is described by all its versions, also where they have different columns', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pond-describe-'))
  const pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
  try {
    await pond.appendSeries('/s', text('ts,v\n2026-01-01,1\n2026-01-02,2\n'))
    await pond.appendSeries('/s', text('ts,v,w\n2026-01-03,3,x\n'))
    expect(await describeEntry(pond, await pond.moment('pending'), '/s')).toMatchObject({
      kind: 'table',
      tableFormat: 'parquet',
      problem: null,
      versions: 2,
      rows: 3,
      columns: [{ name: 'ts' }, { name: 'v' }, { name: 'w' }],
      minEventTime: Date.parse('2026-01-01') * 1_000,
      maxEventTime: Date.parse('2026-01-03') * 1_000,
    })
  } finally {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  }
})

it('an entry is described at the moment that was asked for, whatever is staged meanwhile', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pond-describe-'))
  const pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
  const put = async (content: string): Promise<void> => {
    const prepared = await pond.prepare(text(content))
    await pond.stage((fs) => fs.put('/t.csv', prepared, { replace: true }))
  }
  try {
    await put('a\n1\n')
    const moment = await pond.moment('pending')
    await put('a,b\n1,2\n3,4\n')
    expect(await describeEntry(pond, moment, '/t.csv')).toMatchObject({
      entry: { size: 4 },
      rows: 1,
      columns: [{ name: 'a' }],
    })
  } finally {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  }
})

it('a text that a recipe makes is described with its size, once it is made', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pond-describe-'))
  const pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
  try {
    const prepared = await pond.prepare(text('recipe: text\ntemplate: "four"\n'))
    await pond.stage((fs) => fs.put('/t.recipe.yaml', prepared))
    expect(await describeEntry(pond, await pond.moment('pending'), '/t')).toMatchObject({
      kind: 'text',
      entry: { size: 4, recipe: { path: '/t.recipe.yaml', factory: 'text' } },
    })
  } finally {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  }
})

it('a table that queries compute is described by its columns and first rows, and is not made for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pond-describe-'))
  const pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
  const put = async (path: string, content: string): Promise<void> => {
    const prepared = await pond.prepare(text(content))
    await pond.stage((fs) => fs.put(path, prepared))
  }
  try {
    await put('/t.csv', 'n\n1\n2\n')
    await put('/o.recipe.yaml', 'recipe: sql\ninputs: { t: /t.csv }\nquery: SELECT n, n * 2 AS m FROM t ORDER BY n\n')
    await put('/bad.recipe.yaml', "recipe: sql\nquery: FROM '/nowhere.csv'\n")
    const moment = await pond.moment('pending')
    expect(await describeEntry(pond, moment, '/o', { previewRows: 1 })).toMatchObject({
      kind: 'table',
      columns: [
        { name: 'n', type: 'BIGINT' },
        { name: 'm', type: 'BIGINT' },
      ],
      rows: null,
      entry: { size: null },
      preview: { rows: [['1', '2']] },
    })
    expect(await pond.explain('/o')).toMatchObject({ cachedBytes: null })
    expect(await describeEntry(pond, moment, '/bad')).toMatchObject({ problem: { code: 'recipes.no-input' } })
  } finally {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  }
})
