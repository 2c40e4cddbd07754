/** A clean-up with no grace at all, beside another process that reads: nothing vanishes below it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, type Pond } from '../../src/main/pond'

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const SOURCE = join(import.meta.dirname, '../../src/main')

/** Another process: makes files readable at `pending`, says where, and reads them when it is told to. */
const READER = (folder: string): string => `
  import { nodeStorage, nodeWorld } from ${JSON.stringify(join(SOURCE, 'platform/node/index.ts'))}
  import { openPond } from ${JSON.stringify(join(SOURCE, 'pond/index.ts'))}
  import { readFileSync } from 'node:fs'
  const pond = await openPond(nodeWorld({ storage: nodeStorage(${JSON.stringify(folder)}) }))
  const source = await pond.source('pending')
  const tables = await source.tables('/*.csv')
  const paths = []
  for (const table of tables) paths.push(await table.hostFile())
  console.log(JSON.stringify(paths))
  process.stdin.once('data', async () => {
    console.log(JSON.stringify(paths.map((path) => readFileSync(path).length)))
    await pond.close()
    process.exit(0)
  })
`

async function old(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const at = join(path, entry.name)
    if (entry.isDirectory()) await old(at)
    else if (entry.name !== 'lock') await utimes(at, 1, 1)
  }
}

async function put(pond: Pond, path: string, bytes: number): Promise<void> {
  const content = await pond.prepare([new TextEncoder().encode(`a\n${'1\n'.repeat(bytes / 2)}`)])
  await pond.stage((fs) => fs.put(path, content))
}

it('a clean-up takes nothing from below a reader of another process, be it a cached copy or content that was given up', async () => {
  const root = await mkdtemp(join(tmpdir(), 'duckpond-gc-beside-'))
  const folder = join(root, 'pond')
  const pond = await createPond(nodeWorld({ storage: nodeStorage(folder) }))
  try {
    await put(pond, '/small.csv', 100)
    await pond.commit()
    await put(pond, '/pending.csv', 200)
    await put(pond, '/large.csv', 200_000)
    const script = join(root, 'reader.mts')
    await writeFile(script, READER(folder))
    const reader = spawn(process.execPath, ['--import', TSX, script], { stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface({ input: reader.stdout })[Symbol.asyncIterator]()
    const paths = JSON.parse((await lines.next()).value as string) as string[]
    expect(paths).toHaveLength(3)
    // Everything is old by now, what was pending is given up, and nothing can bring it back.
    await pond.discard([])
    await put(pond, '/other.csv', 2)
    await pond.commit()
    await old(join(folder, 'cache'))
    await old(join(folder, 'large'))
    for (const graceMs of [undefined, 0]) {
      const { removed } = await pond.gc(graceMs === undefined ? {} : { graceMs })
      if (graceMs === undefined) expect(removed.some(({ kind }) => kind === 'blob')).toBe(true)
      for (const path of paths) expect((await stat(path)).size).toBeGreaterThan(100)
    }
    reader.stdin.write('go\n')
    expect(JSON.parse((await lines.next()).value as string)).toEqual([200_002, 202, 102])
    await once(reader, 'exit')
    // Who read has left nothing behind.
    expect((await readdir(join(folder, 'cache'))).filter((name) => name.startsWith('work-'))).toEqual([])
  } finally {
    await pond.close()
    await rm(root, { recursive: true, force: true })
  }
}, 60_000)

it('a shared copy that was altered or removed is made anew for whoever asks next', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'duckpond-cache-'))
  const pond = await createPond(nodeWorld({ storage: nodeStorage(folder) }))
  try {
    await put(pond, '/a.csv', 10)
    await put(pond, '/b.csv', 200_000)
    const [a, b] = await Promise.all(
      ['/a.csv', '/b.csv'].map(async (path) => (await (await pond.source('pending')).tables(path))[0]!),
    )
    const [small, large] = [await a!.hostFile(), await b!.hostFile()]
    await writeFile(small, 'x')
    expect((await readFile(await a!.hostFile())).length).toBe(12)
    await rm(small)
    expect((await readFile(await a!.hostFile())).length).toBe(12)
    await rm(large)
    expect((await readFile(await b!.hostFile())).length).toBe(200_002)
  } finally {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  }
})
