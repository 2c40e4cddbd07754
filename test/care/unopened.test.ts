/** A pond whose log has a gap cannot be opened; what lies on both sides of the gap is verified all the same. */
import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { openPond, verifyUnopened } from '../../src/main/pond'
import { TestPond } from '../steward/test-pond'

const entry = (version: number): string => `data/_delta_log/${String(version).padStart(20, '0')}.json`
const large = Buffer.alloc(200_000, 'large')

async function sixVersions(): Promise<TestPond> {
  const pond = await TestPond.create()
  for (const name of ['1', '2', '3', '4', '5', '6']) {
    await pond.put(`/${name}`, name === '6' ? large : name)
    await pond.commit()
  }
  await pond.put('/pending', 'pending')
  return pond
}

async function flip({ storage }: TestPond, file: string): Promise<void> {
  const bytes = (await storage.readFile(file)).slice()
  bytes[bytes.length >> 1]! ^= 1
  const writer = await storage.create(`${file}.other`)
  await writer.write(bytes)
  await writer.close()
  await storage.replace(`${file}.other`, file)
}

/** The newest data file, by its name. */
async function lastFile({ storage }: TestPond): Promise<string> {
  const names = (await storage.list('data')).map(({ name }) => name).filter((name) => name.endsWith('.parquet'))
  return `data/${names.toSorted().at(-1)}`
}

async function verified(pond: TestPond, quick = false) {
  const { world } = pond.steward
  const cause: unknown = await openPond(world).catch((error: unknown) => error)
  return verifyUnopened(world, cause, { quick })
}

it('names every entry that is missing or damaged, on both sides of the gap, and says that it was not opened', async () => {
  const pond = await sixVersions()
  await pond.storage.remove(entry(2))
  await pond.storage.remove(entry(4))
  await flip(pond, entry(5))
  const { ok, problems, notes, checked } = await verified(pond)
  expect(ok).toBe(false)
  expect(problems.map(({ file }) => file)).toEqual([entry(2), entry(4), entry(5)])
  expect(notes).toContainEqual(expect.objectContaining({ file: 'data/_delta_log', kind: 'oplog.corrupt-log' }))
  expect(checked).toMatchObject({ dataFiles: 3, blobs: 1, rows: 0 })
})

it('finds a damaged data file, large file and journal beyond the gap', async () => {
  const pond = await sixVersions()
  await pond.storage.remove(entry(2))
  const [folder] = await pond.storage.list('large')
  const [blob] = await pond.storage.list(`large/${folder!.name}`)
  const damaged = [await lastFile(pond), `large/${folder!.name}/${blob!.name}`]
  for (const file of [...damaged, 'pending/journal']) await flip(pond, file)
  const { problems, notes } = await verified(pond)
  expect(problems.map(({ file }) => file)).toEqual([entry(2), ...damaged])
  expect(notes.map(({ file }) => file)).toContain('pending/journal')
  expect((await verified(pond, true)).problems.map(({ file }) => file)).toEqual([entry(2)])
})
