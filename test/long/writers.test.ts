/**
 * Eight processes that write to one pond, two of them killed at a moment of chance, and clean-ups beside them: every
 * commit that was acknowledged is there, whole, once. `POND_WRITERS` sets how many commits each makes.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { Prng } from '../../src/main/platform/sim'
import { createPond, openPond } from '../../src/main/pond'

const COMMITS = Number(process.env['POND_WRITERS'] ?? 6)
const WRITERS = 8
const KILLED = 2
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const SOURCE = join(import.meta.dirname, '../../src/main')

/** Commits one file after the other, small and large, and says each once it is committed. */
const WRITER = `
  import { nodeStorage, nodeWorld } from ${JSON.stringify(join(SOURCE, 'platform/node/index.ts'))}
  import { openPond } from ${JSON.stringify(join(SOURCE, 'pond/index.ts'))}
  const [folder, name, commits] = process.argv.slice(2)
  const pond = await openPond(nodeWorld({ storage: nodeStorage(folder) }), { lockTimeoutMs: 120_000 })
  for (let n = 0; n < Number(commits); n++) {
    const text = (name + ' ' + n + ' ').repeat(n % 3 === 2 ? 20_000 : 10)
    const content = await pond.prepare([new TextEncoder().encode(text)])
    const path = '/' + name + '/' + n
    const { commit } = await pond.stage((fs) => fs.put(path, content, { parents: true }), { commit: { message: path } })
    if (commit?.outcome !== 'committed') throw new Error(JSON.stringify(commit))
    console.log(JSON.stringify({ path, version: commit.version }))
  }
  await pond.close()
`

interface Acknowledged {
  readonly path: string
  readonly version: number
}

it(
  `${WRITERS} writers of ${COMMITS} commits each, ${KILLED} of them killed, with clean-ups beside them, lose nothing`,
  { timeout: 1_800_000 },
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'duckpond-writers-'))
    const folder = join(root, 'pond')
    try {
      await (await createPond(nodeWorld({ storage: nodeStorage(folder) }))).close()
      const script = join(root, 'writer.mts')
      await writeFile(script, WRITER)
      const random = new Prng(Number(process.env['POND_WRITERS_SEED'] ?? 1))
      const acknowledged: Acknowledged[] = []
      const statuses: (number | null)[] = []
      const ended = Array.from({ length: WRITERS }, async (_, index) => {
        const args = ['--import', TSX, script, folder, `writer-${index}`, String(COMMITS)]
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
        const exit = once(child, 'exit')
        // After so many commits of its own, and a while that falls anywhere into the next one.
        const killAfter = index < KILLED ? 1 + random.below(COMMITS - 1) : Infinity
        const pauseMs = random.below(60)
        let own = 0
        for await (const line of createInterface({ input: child.stdout })) {
          acknowledged.push(JSON.parse(line) as Acknowledged)
          if (++own === killAfter) setTimeout(() => child.kill('SIGKILL'), pauseMs)
        }
        statuses.push((await exit)[0] as number | null)
      })
      let isOver = false
      const all = Promise.all(ended).finally(() => (isOver = true))
      let cleanUps = 0
      const pond = await openPond(nodeWorld({ storage: nodeStorage(folder) }), { lockTimeoutMs: 120_000 })
      // An hour: more than any writer needs, and less than what would leave the clean-up nothing to look at.
      for (; !isOver; cleanUps++) await pond.gc({ graceMs: 3_600_000 })
      await all
      expect(statuses.filter((status) => status === 0)).toHaveLength(WRITERS - KILLED)
      const versions = acknowledged.map(({ version }) => version)
      expect(new Set(versions).size).toBe(versions.length)
      const { version } = await pond.info()
      // One that was killed may have committed without having said so.
      expect(version).toBeGreaterThanOrEqual(acknowledged.length)
      expect(version).toBeLessThanOrEqual(acknowledged.length + KILLED)
      const log = new Map((await pond.log()).map((entry) => [entry.version, entry.message]))
      for (const { path, version: at } of acknowledged) {
        expect(log.get(at)).toBe(path)
        const [, name, n] = path.split('/')
        const text = new TextDecoder().decode(await (await pond.moment('head')).fs.readAll(path))
        expect(text === `${name} ${n} `.repeat(Number(n) % 3 === 2 ? 20_000 : 10)).toBe(true)
      }
      await pond.recover()
      await pond.gc({ graceMs: 0 })
      expect(await pond.verify()).toMatchObject({ ok: true, problems: [] })
      console.info(`${acknowledged.length} commits acknowledged, ${version} made, ${cleanUps} clean-ups beside them`)
      await pond.close()
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  },
)
