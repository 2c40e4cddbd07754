import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { toExactTime } from '../../src/shared/time'
import { isPondError } from '../../src/shared/errors'
import type { FindCriteria } from '../../src/main/steward/read/find'
import { readCondition } from '../../src/main/steward/read/json-path'
import { TestPond } from './test-pond'

describe('finding entries', () => {
  it('takes those that meet every criterion, at any moment', async () => {
    const pond = await TestPond.create()
    await pond.put('/raw/a.csv', 'a')
    await pond.put('/raw/b.bin', 'b')
    const content = await pond.engine.prepare([new TextEncoder().encode('{}')])
    await pond.engine.stage((fs) =>
      fs.put('/raw/deep/c.json', content, { parents: true, attributes: { source: { url: 'u', rows: 3 } } }),
    )
    await pond.engine.stage(async (fs) => void (await fs.createSymlink('/link', '/raw')))
    const between = pond.clock.now()
    await pond.commit()
    await pond.put('/late.csv', 'late')
    await pond.put('/raw/a.csv', 'changed')
    const find = async (criteria: FindCriteria, at = 'pending'): Promise<string[]> =>
      (await pond.engine.find(criteria, at)).map(({ path }) => path)

    expect(await find({})).toEqual([
      '/late.csv',
      '/link',
      '/raw',
      '/raw/a.csv',
      '/raw/b.bin',
      '/raw/deep',
      '/raw/deep/c.json',
    ])
    expect(await find({ fileType: 'directory' })).toEqual(['/raw', '/raw/deep'])
    expect(await find({ fileType: 'symlink' }, 'head')).toEqual(['/link'])
    expect(await find({ glob: '/**/*.csv' })).toEqual(['/late.csv', '/raw/a.csv'])
    expect(await find({ glob: '/**/*.csv' }, 'head')).toEqual(['/raw/a.csv'])
    expect(await find({ glob: '/raw/*', fileType: 'file:data' })).toEqual(['/raw/a.csv', '/raw/b.bin'])
    expect(await find({ modifiedAfter: between })).toEqual(['/late.csv', '/raw/a.csv'])
    expect(await find({ modifiedAfter: toExactTime(between), glob: '/raw/**' })).toEqual(['/raw/a.csv'])
    expect(await find({ modifiedBefore: between, fileType: 'file:data' })).toEqual(['/raw/b.bin', '/raw/deep/c.json'])
    expect(await find({ createdAfter: '2025-12-31', createdBefore: '2026-01-02' })).toHaveLength(7)
    expect(await find({ createdBefore: '2025-12-31' })).toEqual([])
    expect(await find({ attributes: '$.source' })).toEqual(['/raw/deep/c.json'])
    expect(await find({ attributes: '$.source.rows >= 3' })).toEqual(['/raw/deep/c.json'])
    expect(await find({ attributes: '$.seq' }, 'head')).toEqual([])
    await expect(find({ createdAfter: 'soon' })).rejects.toMatchObject({ code: 'steward.bad-time' })
    await expect(find({ attributes: 'source' })).rejects.toMatchObject({ code: 'steward.bad-json-path' })
    await expect(find({ glob: '/[' + 'z-a]' })).rejects.toMatchObject({ code: 'tinyfs.bad-pattern' })
    await expect(find({}, '99')).rejects.toMatchObject({ code: 'steward.unknown-version' })
  })
})

describe('a JSON path', () => {
  it('leads to any value of any document, and compares it with itself', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 3, values: [fc.string(), fc.integer(), fc.boolean()] }), (document) => {
        const visit = (value: unknown, path: string): void => {
          if (typeof value !== 'object' || value === null) {
            expect(readCondition(path)(document)).toBe(true)
            expect(readCondition(`${path} == ${JSON.stringify(value)}`)(document)).toBe(true)
            expect(readCondition(`${path} != ${JSON.stringify(value)}`)(document)).toBe(false)
            return
          }
          for (const [key, inner] of Object.entries(value))
            visit(inner, Array.isArray(value) ? `${path}[${key}]` : `${path}[${JSON.stringify(key)}]`)
        }
        visit(document, '$')
      }),
      { numRuns: runs(200) },
    )
  })

  it.each([
    ['$.a.b', true],
    ['$.a.c', false],
    ['$.none', false],
    ['$.list[1] == "y"', true],
    ["$.list[-1] == 'y'", true],
    ['$.list[*] == "x"', true],
    ['$.list.* == "z"', false],
    ['$.a.b > 1', true],
    ['$.a.b > 2', false],
    ['$.a.b <= 2', true],
    ['$.a.b > "1"', false],
    ["$['odd name'] = 'it''s'", undefined],
    ["$['odd name'] == true", true],
    ['$.toString', false],
    ['$', true],
    ['a.b', undefined],
    ['$.a.b ==', undefined],
    ['$..a', undefined],
    ['$.a == {}', undefined],
    ['$.a == "', undefined],
  ])('%s: %s', (path, expected) => {
    const document = { a: { b: 2, c: null }, list: ['x', 'y'], 'odd name': true }
    let found: boolean | undefined
    try {
      found = readCondition(path)(document)
    } catch (error) {
      expect(isPondError(error, 'steward.bad-json-path')).toBe(true)
    }
    expect(found).toBe(expected)
  })
})
