import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond, type Pond } from '../../src/main/pond'
import type { SeriesContent, StagingFileSystem } from '../../src/main/steward/types'

/** Parts are labels here: what a series is made of does not depend on what its parts hold. */
async function partOf(steward: Pond, label: string, at: number | null = null): Promise<SeriesContent> {
  const content = await steward.prepare([new TextEncoder().encode(label)])
  return { content, facts: { timestampColumn: 'ts', rows: label.length }, minEventTime: at, maxEventTime: at }
}

async function append(steward: Pond, path: string, label: string, at: number | null = null): Promise<void> {
  const part = await partOf(steward, label, at)
  await steward.stage((fs) => fs.append(path, part, { parents: true }))
}

async function labels(steward: Pond, path: string, at = 'pending'): Promise<string[]> {
  const moment = await steward.moment(at)
  const found: string[] = []
  for (const part of await moment.seriesParts(path)) {
    const reader = await moment.openPart(part)
    found.push(new TextDecoder().decode(await reader.read(0, reader.size)))
    await reader.close()
  }
  return found
}

const LONG = 'x'.repeat(70_000)

describe('a series', () => {
  let folder: string
  const opened: Pond[] = []
  const world = () => nodeWorld({ storage: nodeStorage(join(folder, 'pond')), user: 'ada', command: 'test' })
  const keep = (steward: Pond): Pond => {
    opened.push(steward)
    return steward
  }
  const create = async (): Promise<Pond> => keep(await createPond(world()))
  const open = async (): Promise<Pond> => keep(await openPond(world()))
  const commit = async (steward: Pond): Promise<number> => {
    const outcome = await steward.commit({ message: 'm' })
    expect(outcome.outcome).toBe('committed')
    return outcome.version
  }
  const change = (steward: Pond, work: (fs: StagingFileSystem) => Promise<unknown>) => steward.stage(work)

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pond-series-'))
  })
  afterEach(async () => {
    for (const steward of opened.splice(0)) await steward.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('is the union of its versions up to a moment, inline and large, committed and pending', async () => {
    const pond = await create()
    await append(pond, '/d/s', 'one', 10)
    await append(pond, '/d/s', LONG, 5)
    expect(await commit(pond)).toBe(1)
    await append(pond, '/d/s', 'three', 30)
    expect(await labels(pond, '/d/s')).toEqual(['one', LONG, 'three'])
    expect(await labels(pond, '/d/s', 'head')).toEqual(['one', LONG])
    const parts = await (await pond.moment('pending')).seriesParts('/d/s')
    expect(
      parts.map(({ nodeVersion, version, size, rows, minEventTime }) => [
        nodeVersion,
        version,
        size,
        rows,
        minEventTime,
      ]),
    ).toEqual([
      [1, 1, 3, 3, 10],
      [2, 1, 70_000, 70_000, 5],
      [3, null, 5, 5, 30],
    ])
  })

  it('says of itself what its versions hold together, and keeps saying it after a rename and in another process', async () => {
    const pond = await create()
    await append(pond, '/s', 'one', 10)
    await append(pond, '/s', 'three', 5)
    await commit(pond)
    await change(pond, (fs) => fs.rename('/s', '/t'))
    await commit(pond)
    const { backend, fs } = await (await open()).moment('head')
    const metadata = await backend.metadata((await fs.find('/t')).node)
    expect(metadata).toMatchObject({ size: 8, nodeVersion: 3, minEventTime: 5, maxEventTime: 10 })
    expect(metadata.attributes['series']).toMatchObject({ timestampColumn: 'ts', parts: 2, totalRows: 8, rows: 5 })
  })

  it('differs from itself after an append of what it had last', async () => {
    const pond = await create()
    await append(pond, '/s', 'same')
    await commit(pond)
    await append(pond, '/s', 'same')
    expect((await pond.diff('head', 'pending')).changes).toMatchObject([
      { path: '/s', change: 'modified', sizeBefore: 4, sizeAfter: 8 },
    ])
    expect(await commit(pond)).toBe(2)
    await pond.restore('/s', '1')
    expect(await labels(pond, '/s')).toEqual(['same'])
  })

  it('takes the appends of two writers in their order, whoever commits and whoever moves it', async () => {
    const one = await create()
    await append(one, '/a/s', 'first')
    await commit(one)
    await append(one, '/a/s', 'mine')
    const other = await open()
    const part = await partOf(other, 'theirs')
    await other.stage((fs) => fs.append('/a/s', part), { commit: { message: 'theirs' } })
    // What one series was given before is committed along, so that the order stays.
    expect(await labels(one, '/a/s', 'head')).toEqual(['first', 'mine', 'theirs'])
    await append(one, '/a/s', 'late')
    await other.stage((fs) => fs.createDirectory('/b'))
    await other.stage((fs) => fs.rename('/a/s', '/b/s'), { commit: { message: 'move' } })
    await append(one, '/b/s', 'last')
    expect(await labels(await open(), '/b/s')).toEqual(['first', 'mine', 'theirs', 'late', 'last'])
  })

  it('refuses to append to a file that is no series', async () => {
    const pond = await create()
    const content = await pond.prepare([new TextEncoder().encode('x')])
    await change(pond, (fs) => fs.put('/plain', content))
    await expect(append(pond, '/plain', 'y')).rejects.toMatchObject({ code: 'tlogfs.not-a-series' })
    await expect((await pond.moment('pending')).seriesParts('/plain')).rejects.toMatchObject({
      code: 'tlogfs.not-a-series',
      detail: { path: '/plain', fileType: 'file:data' },
    })
  })

  it('loses its pending appends when they are discarded, and gets them back', async () => {
    const pond = await create()
    await append(pond, '/s', 'one')
    await commit(pond)
    await append(pond, '/s', 'two')
    await append(pond, '/s', 'three')
    await pond.discard(['/s'])
    expect(await labels(pond, '/s')).toEqual(['one'])
    await pond.undo()
    expect(await labels(pond, '/s')).toEqual(['one', 'two', 'three'])
  })

  it('has its parts whatever is done: random histories agree with lists of labels', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 30 }), async (commands) => {
        const place = await mkdtemp(join(folder, 'run-'))
        const own = () => nodeWorld({ storage: nodeStorage(join(place, 'pond')), user: 'ada', command: 'test' })
        let pond = await createPond(own())
        try {
          let now = new Map<string, readonly string[]>()
          const versions = [now]
          let count = 0
          for (const { kind, from, to, version } of commands) {
            const next = new Map(now)
            switch (kind) {
              case 'append': {
                // Labels repeat, so that equal parts follow each other.
                const label = `${count++ % 2}`
                await append(pond, from, label)
                next.set(from, [...(now.get(from) ?? []), label])
                break
              }
              case 'rename':
                if (!now.has(from) || now.has(to) || from === to) break
                await change(pond, async (fs) => {
                  await fs.createDirectory(to.slice(0, 2), { parents: true })
                  await fs.rename(from, to)
                })
                next.set(to, now.get(from)!)
                next.delete(from)
                break
              case 'remove':
                if (!now.has(from)) break
                await change(pond, (fs) => fs.remove(from))
                next.delete(from)
                break
              case 'commit':
                if ((await pond.commit({ message: 'm' })).outcome === 'committed') versions.push(now)
                break
              case 'restore': {
                const target = version % versions.length
                await pond.restore(null, String(target))
                next.clear()
                for (const [path, parts] of versions[target]!) next.set(path, parts)
                break
              }
              case 'reopen':
                await pond.close()
                pond = await openPond(own())
                break
              case 'compact':
                await pond.compact()
            }
            now = next
            for (const [path, parts] of now) expect(await labels(pond, path)).toEqual(parts)
          }
          for (const [at, series] of versions.entries())
            for (const [path, parts] of series) expect(await labels(pond, path, String(at))).toEqual(parts)
          expect(await pond.verify({})).toMatchObject({ ok: true })
        } finally {
          await pond.close()
        }
      }),
      { numRuns: Number(process.env['POND_SERIES_RUNS'] ?? runs(15)) },
    )
  })
})

const seriesPath = fc.constantFrom('/a/s', '/b/s', '/b/t')
const command = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('append' as const) },
    { weight: 3, arbitrary: fc.constantFrom('rename' as const, 'commit' as const, 'restore' as const) },
    { weight: 1, arbitrary: fc.constantFrom('remove' as const, 'reopen' as const, 'compact' as const) },
  ),
  from: seriesPath,
  to: seriesPath,
  version: fc.nat(20),
})
