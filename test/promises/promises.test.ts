/** Every promise of docs/promises.md has a test, and every test it names is there under that title. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readChecklist, testTitles } from './checklist'

const root = resolve(import.meta.dirname, '../..')
const promises = readChecklist(readFileSync(resolve(root, 'docs/promises.md'), 'utf8'))

describe('the checklist of promises', () => {
  it('names a test for each promise', () => {
    expect(promises.length).toBeGreaterThan(100)
    expect(promises.filter(({ tests }) => tests.length === 0).map(({ text, line }) => `${line}: ${text}`)).toEqual([])
  })

  it('names only tests that are there', () => {
    const missing = promises.flatMap(({ line, tests }) =>
      tests.filter((test) => !isThere(test)).map(({ file, title }) => `${line}: ${file} ${title}`),
    )
    expect(missing).toEqual([])
  })

  it('would notice a promise without a test, and a test without its title', () => {
    const [kept, broken] = readChecklist('- one\n  - `a.test.ts` is there\n- two\n')
    expect([kept!.tests, broken!.tests]).toEqual([[{ file: 'a.test.ts', title: 'is there' }], []])
    const titles = testTitles("it('is there', () => {})\nit(`reads ${n} rows`, () => {})")
    const has = (title: string): boolean => titles.some((pattern) => pattern.test(title))
    expect([has('is there'), has('reads 10 rows'), has('reads ${n} rows'), has('is not')]).toEqual([
      true,
      true,
      true,
      false,
    ])
  })
})

function isThere({ file, title }: { readonly file: string; readonly title: string }): boolean {
  const path = resolve(root, file)
  return existsSync(path) && titlesOf(path).some((pattern) => pattern.test(title))
}

const known = new Map<string, RegExp[]>()
function titlesOf(path: string): RegExp[] {
  let titles = known.get(path)
  if (titles === undefined) known.set(path, (titles = testTitles(readFileSync(path, 'utf8'))))
  return titles
}
