import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { OplogTable } from '../../src/main/oplog'
import { HISTORIES } from './histories'
import { independentReaders, ownRows } from './readers'

/** Of the Delta versions of a history, so many are read as of then, spread from the first to the last. */
const VERSIONS_READ = Number(process.env['POND_ENGINES_VERSIONS'] ?? 5)

const readers = independentReaders()
const root = await mkdtemp(join(tmpdir(), 'duckpond-interop-'))
const tables = new Map<string, string>()
for (const [index, history] of HISTORIES.entries()) {
  tables.set(history.name, await history.make(join(root, `pond-${index}`)))
}
afterAll(async () => {
  for (const reader of readers) await reader.close()
  await rm(root, { recursive: true, force: true })
})

it('one of the readers can be had at least', () => {
  expect(readers.filter(({ missing }) => missing === undefined)).not.toEqual([])
})

for (const reader of readers) {
  // A reader that cannot be had is skipped, with its reason in the output.
  describe.skipIf(reader.missing !== undefined)(
    `${reader.name}${reader.missing === undefined ? '' : `: ${reader.missing}`}`,
    () => {
      it.each(HISTORIES.map(({ name }) => name))('returns the same rows as DuckPond: %s', async (name) => {
        const folder = tables.get(name)!
        const own = await ownRows(folder, reader.stepUs)
        if (name !== 'an empty pond') expect(own.length).toBeGreaterThan(5)
        expect(await reader.rows(folder)).toEqual(own)
      })

      it.each(HISTORIES.map(({ name }) => name))('returns the same rows of earlier versions: %s', async (name) => {
        const folder = tables.get(name)!
        for (const { deltaVersion, pondVersion } of await someVersions(folder)) {
          const rows = await reader.rows(folder, deltaVersion)
          expect({ deltaVersion, rows }).toEqual({
            deltaVersion,
            rows: await ownRows(folder, reader.stepUs, pondVersion),
          })
        }
      })
    },
  )
}

describe('the histories', () => {
  it('contain a checkpoint, compacted files and large files', async () => {
    const files = await Promise.all(
      [...tables.values()].map((folder) => readdir(join(folder, '..'), { recursive: true })),
    )
    const all = files.flat()
    expect(all.filter((name) => name.endsWith('.checkpoint.parquet')).length).toBeGreaterThan(0)
    expect(all.filter((name) => /large\/..\/[0-9a-f]{64}$/.test(name)).length).toBeGreaterThan(1)
    const live = await Promise.all([...tables.values()].map(async (folder) => (await snapshotOf(folder)).files.length))
    expect(Math.max(...live)).toBeLessThan(60)
  })
})

async function snapshotOf(folder: string) {
  const storage = nodeStorage(folder)
  return (await OplogTable.open(storage, '', nodeWorld({ storage }))).snapshot()
}

/** Delta versions of a table with the pond version each holds. */
async function someVersions(folder: string): Promise<readonly { deltaVersion: number; pondVersion: number }[]> {
  const storage = nodeStorage(folder)
  const names = (await readdir(join(folder, '_delta_log'))).filter((name) => /^\d{20}\.json$/.test(name)).sort()
  const versions: { deltaVersion: number; pondVersion: number }[] = []
  let pondVersion = 0
  for (const [deltaVersion, name] of names.entries()) {
    const [info] = new TextDecoder().decode(await storage.readFile(`_delta_log/${name}`)).split('\n')
    const { commitInfo } = JSON.parse(info!) as { commitInfo: { pond: { version?: number } } }
    pondVersion = commitInfo.pond.version ?? pondVersion
    versions.push({ deltaVersion, pondVersion })
  }
  const step = Math.max(1, Math.floor(versions.length / VERSIONS_READ))
  return versions.filter((_, index) => index % step === 0 || index === versions.length - 1)
}
