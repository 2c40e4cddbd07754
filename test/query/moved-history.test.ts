import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import { newPond } from './pond'

const RUNS = Number(process.env['POND_HISTORY_RUNS'] ?? 2)
/** Others each time; a failure names its own, which `POND_HISTORY_SEED` repeats. */
const SEED = process.env['POND_HISTORY_SEED']

const name = fc.constantFrom('a', 'b', 'c')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('put' as const), path, text: fc.constantFrom('x', 'y') }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('rename' as const), path, to: path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), path }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
)

describe('histories of entries below directories that move, in SQL', () => {
  it('are those that the engine tells: of one entry, of all, and of a past moment', async () => {
    let above = 0
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 16, maxLength: 40 }), async (acts) => {
        await using test = await newPond()
        const { pond } = test
        const put = async (place: string, text: string): Promise<void> => {
          const content = await pond.prepare([new TextEncoder().encode(text)])
          await pond.stage((fs) => fs.put(place, content, { replace: true, parents: true }))
        }
        await put('/a/b/c', 'first')
        // A move of a directory is in every run, whatever chance adds.
        await put('/of/each/run', 'first')
        await pond.commit()
        await pond.stage((fs) => fs.rename('/of', '/in'))
        for (const each of acts) {
          try {
            if (each.kind === 'put') await put(each.path, each.text)
            else if (each.kind === 'commit') await pond.commit()
            else if (each.kind === 'remove') await pond.stage((fs) => fs.remove(each.path, { recursive: true }))
            else await pond.stage((fs) => fs.rename(each.path, each.to))
          } catch (error) {
            if (!isPondError(error)) throw error
          }
        }
        const columns = 'path, old_path, version, change, size, sha256, author, message'
        const all = new Map<string, unknown>()
        for (const [id, place] of (await test.rows(
          'SELECT child_node_id, path FROM directory_entries',
        )) as string[][]) {
          const told = (await pond.nodeHistory(id!)).toReversed()
          above += told.filter(({ nodeVersion }, i) => told[i - 1]?.nodeVersion === nodeVersion).length
          // The names in a directory are in `directory_entries`, and no operation on it.
          const isOwn = (await pond.stat(place!)).fileType !== 'directory'
          const rows = told
            .filter(({ change }) => isOwn || change !== 'modified')
            .map((v) => [v.path, v.oldPath, v.version, v.change, v.size, v.sha256, v.author, v.message])
          expect(await test.rows(`SELECT ${columns} FROM pond.history('${place}')`)).toEqual(rows)
          for (const row of rows) all.set(JSON.stringify([id, row]), row)
        }
        const text = (rows: Iterable<unknown>): string[] => [...rows].map((row) => JSON.stringify(row)).sort()
        const ofAll = await test.rows(`SELECT ${columns} FROM pond.file_versions`)
        expect(text(ofAll)).toEqual(expect.arrayContaining(text(all.values())))
        // A past moment knows what was so then.
        const { version } = await pond.info()
        const past = Math.max(0, version - 2)
        expect(text(await test.rows(`SELECT ${columns} FROM pond.file_versions`, String(past)))).toEqual(
          text(ofAll.filter(([, , at]) => at !== null && (at as number) <= past)),
        )
      }),
      { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) },
    )
    expect(above).toBeGreaterThan(0)
  }, 120_000)

  it('end a version of an entry with the version in which a directory above it was moved', async () => {
    await using test = await newPond()
    const { pond } = test
    await test.pond.stage((fs) => fs.createDirectory('/a'))
    await test.write('/a/f', 'one')
    await test.commit()
    await pond.stage((fs) => fs.rename('/a', '/b'))
    await test.commit()
    const sql = `SELECT path, old_path, version, valid_to_version, change, size FROM pond.file_versions WHERE size = 3 ORDER BY version`
    expect(await test.rows(sql)).toEqual([
      ['/a/f', null, 1, 2, 'added', 3],
      ['/b/f', '/a/f', 2, null, 'renamed', 3],
    ])
    expect((await test.pond.log({ path: '/b/f' })).map(({ version }) => version)).toEqual([2, 1])
  })
})
