import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { MEDIA_TYPES } from '../../shared/media-type'
import { createPond, type Pond } from './index'

let folder: string
let pond: Pond

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-media-'))
  pond = await createPond(join(folder, 'pond'), { user: 'tester' })
})
afterEach(async () => {
  await pond.close()
  await rm(folder, { recursive: true, force: true })
})

it('a file that was moved has the media type that its new name tells, everywhere', async () => {
  await pond.createFile('/notes.txt', 'a,b\n1,2\n')
  await pond.createFile('/said.txt', 'x', { mediaType: 'text/plain' })
  await pond.commit('first')
  await pond.rename('/notes.txt', '/table.csv')
  await pond.rename('/said.txt', '/said.csv')
  const types = "SELECT name, media_type FROM pond.files WHERE name LIKE '%.csv' ORDER BY name"
  for (const at of ['pending', 'head']) {
    if (at === 'head') await pond.commit('moved')
    expect((await pond.getMetadata('/table.csv', { at })).mediaType).toBe('text/csv')
    expect((await pond.getMetadata('/said.csv', { at })).mediaType).toBe('text/plain')
    expect((await (await pond.query(types, { at })).all()).map((row) => row['media_type'])).toEqual([
      'text/plain',
      'text/csv',
    ])
    const found = await pond.findNodes({ attributes: '$.mediaType == "text/csv"', at })
    expect(found.map(({ path }) => path)).toEqual(['/table.csv'])
  }
  expect((await pond.getMetadata('/notes.txt', { at: '1' })).mediaType).toBe('text/plain')
})

it('another media type can be said of content that stays, and taken back', async () => {
  await pond.createFile('/a.csv', 'x')
  await pond.commit('first')
  const said = await pond.writeFile('/a.csv', 'x', { mediaType: 'text/plain' })
  expect(said).toMatchObject({ mediaType: 'text/plain', change: 'modified' })
  expect(await pond.status()).toMatchObject({ counts: { modified: 1 } })
  await pond.commit('said')
  expect(await pond.writeFile('/a.csv', 'y')).toMatchObject({ mediaType: 'text/plain' })
  expect(await pond.writeFile('/a.csv', 'y', { mediaType: null })).toMatchObject({ mediaType: 'text/csv' })
})

it('an entry has the same media type in SQL, whatever its name ends in', async () => {
  const endings = [...MEDIA_TYPES.keys(), 'CSV', 'ts', 'unheard', '', 'csv.', "it's"]
  await pond.stage(async (staging) => {
    for (const [i, ending] of endings.entries()) await staging.createFile(`/${i}.${ending}`, 'x')
    for (const name of ['csv', '.csv', 'a.b.parquet']) await staging.createFile(`/${name}`, 'x')
    await staging.createDirectory('/folder.csv')
    await staging.createSymlink('/link.csv', '/csv')
  })
  const told = (await pond.listDirectory()).map(({ name, mediaType }) => ({ name, media_type: mediaType }))
  const rows = await (await pond.query('SELECT name, media_type FROM pond.files')).all()
  expect(new Map(rows.map((row) => [row['name'], row]))).toEqual(new Map(told.map((entry) => [entry.name, entry])))
})

it('the media type that a script says is kept with the file; else the name tells it', async () => {
  await pond.createFile('/a.csv', 'x')
  await pond.writeFile('/b.csv', 'x', { mediaType: 'text/plain' })
  await pond.createFile('/c', 'x')
  await pond.stage(async (staging) => staging.createFile('/d.json', '{}'))
  const types = 'SELECT name, media_type FROM pond.files ORDER BY name'
  expect((await pond.queryWithPending(types)).map((row) => row['media_type'])).toEqual([
    'text/csv',
    'text/plain',
    null,
    'application/json',
  ])
})
