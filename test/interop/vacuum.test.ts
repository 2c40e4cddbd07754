/**
 * VACUUM of other engines, with the retention that is their default, over ponds whose files are all older: it takes
 * nothing that the pond needs, large content least of all, and the pond goes on.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond, type Pond } from '../../src/main/pond'
import { CHOSEN, install, whyMissing, type Engine, type PythonEngine } from './install'
import { SPARK } from './spark'
import { Trino } from './trino'
import { installTrino } from './trino-files'

const LONG_AGO = new Date(Date.now() - 60 * 86_400_000)

const root = await mkdtemp(join(tmpdir(), 'duckpond-vacuum-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const world = (folder: string) => nodeWorld({ storage: nodeStorage(folder), user: 'tester' })

/** Each cleans up the table in `data` of a folder. */
const VACUUM: Partial<Readonly<Record<Engine, (folder: string) => Promise<void>>>> = {
  deltalake: async (folder) =>
    python(
      'deltalake',
      `
import os, sys
from deltalake import DeltaTable
print(DeltaTable(${JSON.stringify(join(folder, 'data'))}).vacuum(dry_run=False, full=True))
sys.stdout.flush()
os._exit(0)
`,
    ),
  pyspark: async (folder) => python('pyspark', `${SPARK}\nsession.sql('VACUUM delta.\`${folder}/data\`').collect()\n`),
  trino: async (folder) => {
    const files = installTrino()
    if ('missing' in files) throw new Error(files.missing)
    const trino = await Trino.start(files)
    try {
      await trino.query(`CALL delta.system.vacuum('default', '${await trino.register(join(folder, 'data'))}', '7d')`)
    } finally {
      await trino.close()
    }
  },
}

function python(engine: PythonEngine, program: string): void {
  const installed = install(engine)
  if ('missing' in installed) throw new Error(installed.missing)
  const { command, env } = installed
  const { status, stderr } = spawnSync(command, ['-c', program], { cwd: root, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr.slice(-2_000))
}

for (const [engine, vacuum] of Object.entries(VACUUM)) {
  const isLeftOut = !CHOSEN.includes(engine as Engine) || whyMissing(engine as Engine) !== undefined
  it.skipIf(isLeftOut)(`by ${engine} takes nothing that a pond needs`, async () => {
    const folder = join(root, engine)
    let pond = await createPond(world(folder))
    for (let version = 1; version <= 24; version++) {
      const content = await pond.prepare([new Uint8Array(version % 8 === 0 ? 70_000 + version : version).fill(version)])
      const path = `/d/${version % 6}`
      await pond.stage((fs) => fs.put(path, content, { parents: true, replace: true }), { commit: { message: path } })
    }
    await pond.compact()
    await pond.checkpoint()
    const before = await described(pond)
    expect((await readdir(join(folder, 'large'), { recursive: true })).length).toBe(6)
    await pond.close()
    // A file that no log names is what a VACUUM is for: it shows that this one ran.
    await writeFile(join(folder, 'data', 'stray.parquet'), 'stray')
    for (const name of await readdir(folder, { recursive: true })) await utimes(join(folder, name), LONG_AGO, LONG_AGO)
    const files = await readdir(folder, { recursive: true })

    await vacuum(folder)
    const left = new Set(await readdir(folder, { recursive: true }))
    const gone = files.filter((name) => !left.has(name))
    // Files whose rows a compaction has brought elsewhere may go; whether the others are there is what follows.
    expect(gone).toContain('data/stray.parquet')
    expect(gone.filter((name) => !/^data\/[^/]+\.parquet$/.test(name))).toEqual([])
    pond = await openPond(world(folder))
    expect((await pond.info()).readOnly).toBeNull()
    expect(await described(pond)).toEqual(before)
    expect((await pond.verify()).problems).toEqual([])
    const content = await pond.prepare([new Uint8Array(80_000)])
    const { commit } = await pond.stage((fs) => fs.put('/new', content), { commit: { message: 'goes on' } })
    expect(commit).toMatchObject({ outcome: 'committed', version: 25 })
    await pond.close()
  })
}

/** Every file of every version, with its bytes. */
async function described(pond: Pond): Promise<unknown> {
  const seen: unknown[] = [await pond.log()]
  for (let version = 1; version <= 24; version++)
    for (const entry of await pond.glob('/**', { at: String(version) })) {
      if (entry.fileType === 'directory') continue
      const reader = await pond.open(entry.path, String(version))
      seen.push([version, entry, Buffer.from(await reader.read(0, reader.size)).toString('base64')])
      await reader.close()
    }
  return seen
}
