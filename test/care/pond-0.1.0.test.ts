/**
 * A pond that DuckPond 0.1.0 made (test/fixtures/pond-0.1.0.sh) is read as 0.1.0 read it, changed, cleaned
 * and verified, for ever. What 0.1.0 said of it is in pond-0.1.0.json.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, afterEach, describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { openPond, toJson, type Pond } from '../../src/main/pond'
import { isPondError } from '../../src/shared/errors'

interface Said {
  readonly status: {
    readonly version: number
    readonly pendingOperations: number
    readonly memoryUsageBytes: number
    readonly changes: readonly unknown[]
  }
  /** Of each, what differs from the one before. */
  readonly moments: readonly { readonly at: string; readonly entries: readonly SaidEntry[]; readonly gone: string[] }[]
  readonly log: readonly unknown[]
  readonly series: readonly unknown[]
  readonly config: Readonly<Record<string, unknown>>
}

interface SaidEntry {
  readonly path: string
  readonly fileType: string
  readonly nodeId: string
  readonly nodeVersion: number | null
  readonly size?: number
  /** Null where it is no single file. */
  readonly sha256?: string | null
  readonly target?: string
}

const fixtures = join(import.meta.dirname, '..', 'fixtures')
const said = JSON.parse(await readFile(join(fixtures, 'pond-0.1.0.json'), 'utf8')) as Said
const ENTRIES = entriesOf(said)
const COMMITTED = [...ENTRIES.keys()].filter((at) => at !== 'pending')
const root = await mkdtemp(join(tmpdir(), 'duckpond-0.1.0-'))
afterAll(() => rm(root, { recursive: true, force: true }))

let folder: string
let pond: Pond
beforeEach(async () => {
  const place = await mkdtemp(join(root, 'copy-'))
  execFileSync('tar', ['-xzf', 'pond-0.1.0.tar.gz', '-C', place], { cwd: fixtures })
  folder = join(place, 'pond')
  pond = await open()
})
afterEach(() => pond.close())

const open = (): Promise<Pond> => openPond(nodeWorld({ storage: nodeStorage(folder), user: 'tester' }))

async function sha256At(path: string, at: string): Promise<string | null> {
  try {
    const reader = await pond.open(path, at)
    try {
      const hash = createHash('sha256')
      for await (const chunk of reader.chunks()) hash.update(chunk)
      return hash.digest('hex')
    } finally {
      await reader.close()
    }
  } catch (error) {
    if (!isPondError(error, 'tlogfs.mixed-series')) throw error
    return null
  }
}

async function entriesAt(at: string, directory = '/'): Promise<SaidEntry[]> {
  const found: SaidEntry[] = []
  for (const { path, fileType, nodeId, nodeVersion, size, target } of await pond.list(directory, { at })) {
    if (fileType === 'directory') found.push(...(await entriesAt(at, path)))
    const isFile = fileType.startsWith('file:')
    found.push({
      path,
      fileType,
      nodeId,
      nodeVersion,
      ...(isFile && { size: size ?? 0, sha256: await sha256At(path, at) }),
      ...(fileType === 'symlink' && { target: target ?? '' }),
    })
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** All entries of each moment, in the order of their paths. */
function entriesOf({ moments }: Said): ReadonlyMap<string, readonly SaidEntry[]> {
  const now = new Map<string, SaidEntry>()
  const all = new Map<string, readonly SaidEntry[]>()
  for (const { at, entries, gone } of moments) {
    for (const path of gone) now.delete(path)
    for (const entry of entries) now.set(entry.path, entry)
    all.set(
      at,
      [...now.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    )
  }
  return all
}

async function reads(moments: Iterable<string>): Promise<void> {
  for (const at of moments) expect({ at, entries: await entriesAt(at) }).toEqual({ at, entries: ENTRIES.get(at) })
}

describe('the pond of 0.1.0', () => {
  it('has every version, what is pending, its history, its settings and its rows as 0.1.0 read them', async () => {
    expect((await pond.info()).format).toBe(1)
    const { changes, memoryUsageBytes: _own, ...status } = said.status
    expect(await pond.status()).toMatchObject(status)
    expect((await pond.diff('head', 'pending')).changes).toMatchObject(changes)
    await reads(ENTRIES.keys())
    expect(await pond.log()).toMatchObject(said.log)
    expect(await pond.config()).toMatchObject(said.config)
    expect(await rowsOf(`SELECT * FROM '/flow.series' ORDER BY timestamp`)).toEqual(said.series)
    expect(await pond.verify()).toMatchObject({ problems: [] })
  })

  it('is not made one of another format by being read, changed in small things or looked at by a clean-up', async () => {
    const content = await pond.prepare([new TextEncoder().encode('small')])
    await pond.stage((fs) => fs.put('/small', content), { commit: { message: 'small' } })
    await pond.gc({ dryRun: true })
    expect((await pond.info()).format).toBe(1)
    await reads(COMMITTED)
  })

  it('gives back what was discarded, is committed, written and cleaned, and reads as before', async () => {
    await pond.undo()
    expect((await pond.status()).pendingOperations).toBe(said.status.pendingOperations + 1)
    await pond.commit({ message: 'all of it' })
    const large = new Uint8Array(100_000).fill(7)
    const content = await pond.prepare([large])
    await pond.stage((fs) => fs.put('/new-large', content), { commit: { message: 'large' } })
    expect((await pond.info()).format).toBe(2)
    const { removed, moved } = await pond.gc({ graceMs: 0 })
    expect(removed.filter(({ kind }) => kind === 'data-file').length).toBeGreaterThan(5)
    expect(moved.files).toBeGreaterThan(1)
    expect((await readdir(join(folder, 'data'), { recursive: true })).filter((name) => name.length > 70)).toEqual([])
    await pond.compact()
    await pond.checkpoint()
    await pond.close()
    pond = await open()
    await reads(COMMITTED)
    expect(await sha256At('/new-large', 'head')).toBe(createHash('sha256').update(large).digest('hex'))
    expect(await pond.verify()).toMatchObject({ problems: [] })
  })
})

async function rowsOf(sql: string): Promise<unknown[]> {
  const stream = await pond.queries.stream(await pond.source('pending'), sql)
  const rows: unknown[] = []
  for await (const batch of stream.batches) {
    for (const row of batch)
      rows.push(Object.fromEntries(stream.columns.map(({ name, type }, index) => [name, toJson(row[index], type)])))
  }
  return rows
}
