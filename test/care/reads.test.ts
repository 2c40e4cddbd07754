/** Reading a pond changes nothing of it: every read verb is tried, on a real folder and on a disk that refuses writes. */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { SimStorage, simWorld } from '../../src/main/platform/sim'
import { createPond, openPond, type Pond } from '../../src/main/pond'
import { newPond } from '../query/pond'

type Reading = (pond: Pond) => Promise<unknown>

const READINGS: Readonly<Record<string, Reading>> = {
  info: (pond) => pond.info(),
  status: (pond) => pond.status(),
  config: (pond) => pond.config(),
  resolveAt: (pond) => pond.resolveAt('2099-01-01'),
  stat: (pond) => pond.stat('/d/small.csv'),
  list: (pond) => pond.list('/', { deleted: true }),
  glob: (pond) => pond.glob('/**'),
  find: (pond) => pond.find({ glob: '**' }),
  open: async (pond) => {
    for (const path of ['/d/small.csv', '/large', '/pending']) {
      const reader = await pond.open(path)
      for await (const _chunk of reader.chunks());
      await reader.close()
    }
  },
  'by id': async (pond) => {
    const { nodeId } = await pond.stat('/large')
    await pond.statById(nodeId)
    await (await pond.openById(nodeId)).close()
    await pond.nodeHistory(nodeId)
  },
  'an earlier version': (pond) => pond.list('/d', { at: '1' }),
  diff: async (pond) => [await pond.diff(), await pond.diff('1', 'head')],
  log: (pond) => pond.log(),
  show: async (pond) => [await pond.show(1), await pond.show(null)],
  fileVersions: (pond) => pond.fileVersions('/d/small.csv'),
  verify: async (pond) => [await pond.verify({ quick: true }), await pond.verify()],
  'gc that only says': (pond) => pond.gc({ graceMs: 0, dryRun: true }).catch(() => undefined),
}

async function fill(pond: Pond): Promise<void> {
  const put = async (path: string, bytes: Uint8Array, commit: boolean): Promise<void> => {
    const content = await pond.prepare([bytes])
    await pond.stage((fs) => fs.put(path, content, { parents: true, replace: true }), {
      ...(commit && { commit: { message: path } }),
    })
  }
  for (let version = 0; version < 20; version++)
    await put('/d/small.csv', new TextEncoder().encode(`a,b\n1,${version}\n`), true)
  await put('/large', new Uint8Array(100_000).fill(5), true)
  await put('/pending', new Uint8Array(70_000).fill(6), false)
  await put('/taken back', new Uint8Array(7), false)
  await pond.discard(['/taken back'])
}

describe('reading', () => {
  it('makes no change to a disk, whichever way', async () => {
    const storage = new SimStorage()
    const pond = await createPond(simWorld({ seed: 1, storage }))
    await fill(pond)
    await pond.close()
    for (const [name, reading] of Object.entries(READINGS)) {
      const other = storage.anotherProcess({ readOnly: true })
      const reader = await openPond(simWorld({ seed: 2, storage: other }))
      await reading(reader)
      await reader.close()
      expect({ name, changes: other.trace }).toEqual({ name, changes: [] })
    }
  })

  it('leaves every file of a folder as it is, down to its times; only the cache may grow', async () => {
    await using made = await newPond()
    await fill(made.pond)
    await made.pond.close()
    const readings = { ...READINGS, SQL: sql }
    // The lock's file is for whoever changes something; the last two readings take no lock either.
    for (const [name, reading] of Object.entries(readings)) {
      if (name === 'gc that only says') continue
      const before = await filesOf(made.folder)
      const reader = await openPond(nodeWorld({ storage: nodeStorage(made.folder), user: 'reader' }))
      await reading(reader)
      await reader.close()
      expect({ name, files: await filesOf(made.folder) }).toEqual({ name, files: before })
    }
    await made.reopen()
  })
})

async function sql(pond: Pond): Promise<void> {
  for (const at of ['pending', '3']) {
    const stream = await pond.queries.stream(await pond.source(at), `SELECT count(*) FROM "/d/small.csv"`)
    for await (const _batch of stream.batches);
  }
}

/** Everything but the cache: name, time of change, hash. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const lines: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (path.startsWith(join(folder, 'cache'))) continue
    // A folder's time changes with the names in it; the root's does when the cache is made.
    const { mtimeMs, size } = await stat(path)
    const hash = entry.isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : ''
    lines.push(`${path} ${mtimeMs} ${entry.isFile() ? size : ''} ${hash}`)
  }
  return lines.sort()
}
