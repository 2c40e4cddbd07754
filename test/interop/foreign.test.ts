/** Another engine writes to a pond's table: the pond can still be read, says so, and is never changed or misread. */
import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { openPond, createPond, type Pond } from '../../src/main/pond'
import { install } from './install'

/** Appends a row that says it is of the next version, rearranges files, or writes a checkpoint. */
const PROGRAM = `
import os, sys
import pyarrow
from deltalake import DeltaTable, write_deltalake
folder, what = sys.argv[1], sys.argv[2]
table = DeltaTable(folder)
if what == 'append':
    rows = table.to_pyarrow_table().slice(0, 1)
    write_deltalake(folder, rows, mode='append')
elif what == 'overwrite':
    write_deltalake(folder, table.to_pyarrow_table().slice(0, 1), mode='overwrite')
elif what == 'optimize':
    table.optimize.compact()
elif what == 'checkpoint':
    table.create_checkpoint()
sys.stdout.flush()
os._exit(0)
`

const installed = install('deltalake')
const root = await mkdtemp(join(tmpdir(), 'duckpond-foreign-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const world = (folder: string) => nodeWorld({ storage: nodeStorage(folder), user: 'tester' })

async function described(pond: Pond): Promise<unknown> {
  const trees: unknown[] = []
  for (const at of ['1', '2', '3']) {
    for (const entry of await pond.glob('/**', { at })) {
      if (entry.fileType === 'directory') trees.push([at, entry])
      else {
        const reader = await pond.open(entry.path, at)
        trees.push([at, entry, Buffer.from(await reader.read(0, reader.size)).toString('hex')])
        await reader.close()
      }
    }
  }
  return [trees, await pond.log()]
}

async function sound(): Promise<string> {
  const folder = join(root, 'sound')
  const pond = await createPond(world(folder))
  for (const name of ['a', 'b', 'c']) {
    const content = await pond.prepare([new TextEncoder().encode(name.repeat(100))])
    await pond.stage((fs) => fs.put(`/d/${name}`, content, { parents: true }), { commit: { message: name } })
  }
  await pond.close()
  return folder
}

describe.skipIf('missing' in installed)('after delta-rs', async () => {
  const original = await sound()

  it('appended, the pond is read as before and not changed, and says why', async () => {
    const folder = await changed(original, 'append')
    const before = await openPond(world(original))
    const pond = await openPond(world(folder))
    expect(await described(pond)).toEqual(await described(before))
    expect((await pond.info()).readOnly).toMatchObject({ code: 'oplog.foreign-commit' })
    const content = await pond.prepare([new Uint8Array(3)])
    for (const change of [
      () => pond.stage((fs) => fs.put('/new', content)),
      () => pond.commit({ message: 'm' }),
      () => pond.compact(),
      () => pond.checkpoint(),
      () => pond.gc(),
      () => pond.recover(),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: 'oplog.foreign-commit' })
    }
    expect((await pond.verify()).problems).toContainEqual(expect.objectContaining({ kind: 'oplog.foreign-commit' }))
    await pond.close()
    await before.close()
  })

  it('is not let remove rows: the table only takes more', async () => {
    await expect(changed(original, 'overwrite')).rejects.toThrow(/append-only/)
  })

  it.each(['optimize', 'checkpoint'])('did %s, every version reads as before and the pond goes on', async (what) => {
    const folder = await changed(original, what)
    const before = await openPond(world(original))
    const pond = await openPond(world(folder))
    expect(await described(pond)).toEqual(await described(before))
    expect((await pond.verify()).problems).toEqual([])
    const content = await pond.prepare([new TextEncoder().encode('goes on')])
    const { commit } = await pond.stage((fs) => fs.put('/new', content), { commit: { message: 'goes on' } })
    expect(commit).toMatchObject({ outcome: 'committed', version: 4 })
    await pond.close()
    await before.close()
  })
})

async function changed(original: string, what: string): Promise<string> {
  const folder = join(root, what)
  await cp(original, folder, { recursive: true, preserveTimestamps: true })
  if ('missing' in installed) throw new Error(installed.missing)
  const { status, stderr } = spawnSync(installed.command, ['-c', PROGRAM, join(folder, 'data'), what], { cwd: '/' })
  if (status !== 0) throw new Error(stderr.toString())
  return folder
}
