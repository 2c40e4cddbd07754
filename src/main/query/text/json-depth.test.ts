import { DuckDBConnection } from '@duckdb/node-api'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { openBench } from '../testing/host-source'
import { JsonDepth, MOST_LEVELS } from './json-depth'
import { DEEPEST_TYPE } from './plan'

const bench = await openBench()

function levels(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(levels))
}

function hasEmptyKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (!Array.isArray(value) && Object.hasOwn(value, '')) || Object.values(value).some(hasEmptyKey)
}

async function described(name: string, content: string) {
  const source = await bench.source({ [name]: content })
  return { source, found: await bench.queries.describe((await source.tables(name))[0]!) }
}

describe('the depth of JSON', () => {
  it('is that of its deepest value, and a key of no characters is found, however it is cut into chunks', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(), fc.boolean(), (value, size, isSpaced) => {
        const bytes = Buffer.from(JSON.stringify(value, null, isSpaced ? 2 : 0))
        const depth = new JsonDepth({ name: '/x.json', isLines: false })
        const step = 1 + (size % bytes.length)
        const feed = (): void => {
          for (let at = 0; at < bytes.length; at += step) depth.feed(bytes.subarray(at, at + step))
        }
        if (hasEmptyKey(value)) {
          expect(feed).toThrow(/line \d+: a key has no characters/)
        } else {
          feed()
          expect(depth.deepest).toBe(levels(value))
        }
      }),
    )
  })

  it('begins again in each of JSON lines, whatever is wrong with the line before', () => {
    const depth = new JsonDepth({ name: '/x.jsonl', isLines: true })
    depth.feed(Buffer.from('{"a":[1\n{"b":"\\\n[[[1]]]\n'))
    expect(depth.deepest).toBe(3)
  })
})

describe('JSON in many levels', () => {
  it.each([
    ['{"a":', '}'],
    ['[', ']'],
    ['[{"a":', '}]'],
  ])('of %s is read whole: what is deep in it stays JSON', async (open, close) => {
    const count = Math.floor(MOST_LEVELS / (open.length > 5 ? 2 : 1))
    const value = `${open.repeat(count)}1.5${close.repeat(count)}`
    const { source, found } = await described('/x.json', value)
    if ('problem' in found) throw found.problem
    const message = `values of ${MOST_LEVELS} levels: what is deeper than ${DEEPEST_TYPE} is kept as JSON`
    expect(found.reading!.notes).toEqual([{ message }])
    const [[text]] = (await bench.rows(source, `SELECT COLUMNS(*)::JSON::VARCHAR FROM '/x.json'`)) as [[string]]
    // A file of one list is a table of what is in it; one of objects has their keys for columns.
    expect(value.includes(text)).toBe(true)
    expect(text.length).toBeGreaterThan(value.length - 16)
  })

  it.each(['/x.json', '/x.jsonl'])('of %s beyond what DuckDB survives is refused by its line', async (name) => {
    const asked = vi.spyOn(DuckDBConnection.prototype, 'runAndReadAll')
    const { found } = await described(name, `{"a":"[[["}\n{"a":${'['.repeat(MOST_LEVELS)}${']'.repeat(MOST_LEVELS)}}\n`)
    expect(found).toMatchObject({
      problem: {
        code: 'query.unreadable-file',
        message: `"${name}" cannot be read as a table: line 2 has lists or objects in more than 1000 levels`,
        detail: { line: 2 },
      },
    })
    expect(asked).not.toHaveBeenCalled()
  })
})
