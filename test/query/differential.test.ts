/**
 * Random work on a real pond, and two ways to the same answer: SQL with pending included before a
 * commit against the same SQL after it, and SQL against the pond's own calls.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { isPondError } from '../../src/shared/errors'
import { compareUtf8 } from '../../src/shared/path'
import { newPond, type TestPond } from './pond'

const RUNS = Number(process.env['POND_SQL_RUNS'] ?? runs(5))
const NAMES = ['a', 'B', 'é', 'x y.csv'] as const
const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
const change = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('write' as const), path, size: fc.constantFrom(0, 1, 3, 70_000) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('mkdir' as const, 'remove' as const), path }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('rename' as const, 'link' as const), path, to: path }) },
)
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

/** What a commit assigns: left out of the comparison. */
const SAME = [
  `SELECT part_id, node_id, file_type, version, content, sha256, size, operation, name, path FROM oplog_entries ORDER BY ALL`,
  `SELECT * FROM directory_entries ORDER BY ALL`,
  `SELECT path, parent, name, file_type, media_type, size, sha256 FROM pond.files ORDER BY ALL`,
  `SELECT path, change, size, sha256 FROM pond.file_versions ORDER BY ALL`,
  `SELECT operation, path, old_path, file_type, size_before, size_after, sha256_before, sha256_after FROM pond.operations ORDER BY ALL`,
]

async function apply(test: TestPond, change: Change): Promise<void> {
  try {
    await test.pond.stage(async (fs) => {
      if (change.kind === 'write') {
        const writer = await fs.writeFile(change.path)
        await writer.write(new Uint8Array(change.size).fill(change.size))
        await writer.close()
      } else if ('to' in change) {
        if (change.kind === 'rename') await fs.rename(change.path, change.to)
        else await fs.createSymlink(change.path, change.to)
      } else if (change.kind === 'mkdir') await fs.createDirectory(change.path, { parents: true })
      else await fs.remove(change.path, { recursive: true })
    })
  } catch (error) {
    // Not every random change is possible.
    if (!isPondError(error)) throw error
  }
}

it('SQL with pending reads as SQL after the commit, and as the pond says itself', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
      async (commits) => {
        await using test = await newPond()
        for (const changes of commits) {
          for (const each of changes) await apply(test, each)
          const before = await Promise.all(SAME.map((sql) => test.rows(sql, 'pending')))
          await agreesWithPond(test, 'pending')
          await test.commit()
          const after = await Promise.all(SAME.map((sql) => test.rows(sql, 'head')))
          expect(after).toEqual(before)
          await agreesWithPond(test, 'head')
        }
        await agreesWithHistory(test)
      },
    ),
    { numRuns: RUNS, ...(process.env['POND_MODEL_SEED'] ? { seed: Number(process.env['POND_MODEL_SEED']) } : {}) },
  )
})

async function agreesWithPond(test: TestPond, at: 'pending' | 'head'): Promise<void> {
  const entries: unknown[][] = []
  const waiting = ['/']
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await test.pond.list(next, { at })) {
      entries.push([entry.path, entry.name, entry.fileType, entry.size, entry.sha256])
      if (entry.fileType === 'directory') waiting.push(entry.path)
    }
  }
  const files = await test.rows(
    "SELECT path, name, file_type, CASE WHEN file_type LIKE 'file:%' THEN size END, CASE WHEN file_type LIKE 'file:%' THEN sha256 END FROM pond.files",
    at,
  )
  const byPath = (rows: readonly (readonly unknown[])[]) =>
    [...rows].sort((a, b) => compareUtf8(a[0] as string, b[0] as string))
  expect(byPath(files)).toEqual(byPath(entries))
  const { changes } = await test.pond.diff('head', at)
  expect(
    byPath(await test.rows('SELECT path, old_path, file_type, change, size_before, size_after FROM pond.status', at)),
  ).toEqual(
    byPath(
      changes.map((each) => [each.path, each.oldPath, each.fileType, each.change, each.sizeBefore, each.sizeAfter]),
    ),
  )
}

async function agreesWithHistory(test: TestPond): Promise<void> {
  const log = await test.pond.log({})
  expect(
    await test.rows(
      `SELECT version, author, message, operation_count, files_added, files_modified, files_deleted, files_renamed, bytes_delta, transaction_id, is_head FROM pond.log ORDER BY version DESC`,
      'head',
    ),
  ).toEqual(
    log
      .filter(({ version }) => version > 0)
      .map(({ version, author, message, operations, counts, bytesDelta, transactionId, isHead }) => [
        version,
        author,
        message,
        operations,
        counts.added,
        counts.modified,
        counts.deleted,
        counts.renamed,
        bytesDelta,
        transactionId,
        isHead,
      ]),
  )
  for (const { version } of log) {
    if (version === 0) continue
    const shown = await test.pond.show(version)
    expect(
      await test.rows(
        `SELECT seq, operation, path, old_path, file_type FROM pond.operations WHERE version = ${version} ORDER BY seq`,
        'head',
      ),
    ).toEqual(shown.map(({ seq, operation, path: at, oldPath, fileType }) => [seq, operation, at, oldPath, fileType]))
  }
}
