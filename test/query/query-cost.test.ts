/**
 * What a query of one file costs beside much that it does not name, counted: looks at and steps through what is
 * known of the pond, turns of loops that may rest, what is asked of the disk, and names and rows that are handed to DuckDB.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { counted } from '../../src/main/platform/testing/counted'
import { createPond, type Pond } from '../../src/main/pond'
import type { QuerySource } from '../../src/main/query'
import { countSteps } from '../steward/steps'

afterEach(() => vi.restoreAllMocks())

interface Cost {
  readonly steps: number
  readonly reads: number
  readonly writes: number
  /** Names, files and rows that the pond told of itself. */
  readonly told: number
}

/** The source, and how many names, files and rows came from it. */
function telling(source: QuerySource): { readonly source: QuerySource; readonly told: () => number } {
  let told = 0
  const noted = <T extends { readonly length: number }>(all: T): T => {
    told += all.length
    return all
  }
  async function* batches<T>(each: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
    for await (const batch of each) yield noted(batch)
  }
  return {
    source: {
      ...source,
      tables: async (path) => noted(await source.tables(path)),
      list: async (directory, which) => noted(await source.list(directory, which)),
      changes: async () => noted(await source.changes()),
      pendingRows: (options) => batches(source.pendingRows(options)),
      directoryRows: () => batches(source.directoryRows()),
    },
    told: () => told,
  }
}

/** Beside so many files that are pending, and so many committed ones in the same directory. */
async function costs(pending: number, beside: number): Promise<Record<string, Cost>> {
  const folder = await mkdtemp(join(tmpdir(), 'duckpond-query-cost-'))
  const { storage, during } = counted(nodeStorage(folder), (path) => !path.startsWith('cache/'))
  const pond = await createPond(nodeWorld({ storage, user: 'tester' }))
  try {
    const content = await pond.prepare([new TextEncoder().encode('id,day\n1,2026-01-01\n')])
    await pond.stage(
      async (fs) => {
        await fs.put('/here/a.csv', content, { parents: true })
        for (let i = 0; i < beside; i++) await fs.put(`/here/z${i}.txt`, content)
      },
      { commit: { message: 'm' } },
    )
    await pond.stage(async (fs) => {
      for (let i = 0; i < pending; i++) await fs.put(`/many/f${i}`, content, { parents: true })
    })
    const acts: Record<string, (source: QuerySource) => Promise<unknown>> = {
      'its rows': (source) => rows(pond, source, "SELECT * FROM '/here/a.csv'"),
      'its rows, by a reader': (source) => rows(pond, source, "SELECT * FROM read_csv('/here/a.csv')"),
      'the shape of its rows': (source) => rows(pond, source, "DESCRIBE SELECT * FROM '/here/a.csv'"),
      'an answer without any file': (source) => rows(pond, source, 'SELECT 1'),
      'a completion of its columns': (source) => pond.queries.complete(source, "SELECT  FROM '/here/a.csv'", 7),
      'a completion of its path': (source) => pond.queries.complete(source, "SELECT * FROM '/here/a", 22),
    }
    // What is known of the pond after the first time.
    for (const act of Object.values(acts)) await act(await pond.source('pending'))
    const taken: Record<string, Cost> = {}
    for (const [name, act] of Object.entries(acts)) {
      const steps = countSteps()
      let told = (): number => 0
      const { reads, writes } = await during(async () => {
        const wrapped = telling(await pond.source('pending'))
        told = wrapped.told
        await act(wrapped.source)
      })
      taken[name] = { steps: steps(), reads, writes, told: told() }
      vi.restoreAllMocks()
    }
    return taken
  } finally {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function rows(pond: Pond, source: QuerySource, sql: string): Promise<void> {
  const { batches } = await pond.queries.stream(source, sql)
  for await (const _ of batches);
}

describe('a query of one file', () => {
  it('costs what it names, not what is pending or lies beside it', async () => {
    const few = await costs(200, 100)
    expect(await costs(2_000, 100)).toEqual(few)
    expect(await costs(200, 1_000)).toEqual(few)
    for (const { told } of Object.values(few)) expect(told).toBeLessThanOrEqual(1)
  })
})
