import fc from 'fast-check'
import picomatch from 'picomatch'
import { describe, expect, it } from 'vitest'
import { runs } from '../../shared/testing/runs'
import type { DirectoryEntry, NodeRef } from './backend'
import { MemoryBackend } from './backends/memory'
import { FileSystem } from './filesystem'
import { glob } from './glob'
import { compileName, hasWildcard } from './name-pattern'
import { planted } from './testing/planted'

const refusal = (code: string) => expect.objectContaining({ code })

async function matches(fs: FileSystem, pattern: string, all = false): Promise<Record<string, readonly string[]>> {
  return Object.fromEntries((await glob(fs, pattern, { all })).map((match) => [match.path, match.captures]))
}

describe('a pattern for one name', () => {
  const captures = (pattern: string, name: string, all = false) => compileName(pattern).match(name, all)

  it('agrees with picomatch on what matches and on what stars and braces captured', () => {
    const piece = fc.constantFrom('a', 'b', '.', '*', '?', '[ab]', '{a,b}', '{ab,.}', '-')
    const pattern = fc
      .array(piece, { minLength: 1, maxLength: 6 })
      .map((pieces) => pieces.join('').replace(/\*+/g, '*'))
    const name = fc
      .string({ unit: fc.constantFrom('a', 'b', '.', '-'), minLength: 1, maxLength: 8 })
      .filter((text) => !/^\.\.?$/.test(text))
    fc.assert(
      fc.property(pattern, name, (glob, text) => {
        // Its shortcuts for common patterns disagree with its own parser ('*.*' and 'a.').
        const options = { capture: true, noextglob: true, dot: true, fastpaths: false }
        const expected = picomatch.makeRe(glob, options).exec(text)
        const found = compileName(glob).match(text, true)
        expect(found !== undefined).toBe(expected !== null)
        if (found === undefined || /[?[]/.test(glob)) return
        expect(found.filter((_, i) => isStar(glob, i))).toEqual(expected!.slice(1).filter((_, i) => isStar(glob, i)))
      }),
      { numRuns: runs(2_000) },
    )
  })

  it('captures what each wildcard matched, the first ones as little as they can', () => {
    expect(captures('*_*.csv', 'a_b_c.csv')).toEqual(['a', 'b_c'])
    expect(captures('r?[0-9].{csv,json}', 'rx7.json')).toEqual(['x', '7', 'json'])
    expect(captures('{a*,b}-*', 'axx-c')).toEqual(['axx', 'c'])
    expect(captures('{x{a,b},c}d', 'xbd')).toEqual(['xb'])
    expect(captures('{{a,b}', '{b')).toEqual(['b'])
    expect(captures('{a{b}c,d}', 'a{b}c')).toEqual(['a{b}c'])
    expect(captures('{[},],a}z', ',z')).toEqual([','])
    expect(captures('*{a,b}*', 'ba')).toEqual(['', 'b', 'a'])
    expect(captures('plain', 'plain')).toEqual([])
    expect(captures('?', '\u{1f986}')).toEqual(['\u{1f986}'])
    expect(captures('caf\u00e9*', 'cafe\u0301s')).toEqual(['s'])
  })

  it('takes brackets and braces that mean nothing as themselves', () => {
    for (const text of ['[a', 'a]', '{a', '{a}', '{}', 'a,b', 'x (1)', 'a+b', '!x', '@(a|b)', '^$']) {
      expect([text, captures(text, text), hasWildcard(text)]).toEqual([text, [], false])
    }
    expect(captures('\\*\\{a,b\\}', '*{a,b}')).toEqual([])
    expect(captures('[]a]', ']')).toEqual([']'])
    expect(captures('[!a-c]', 'd')).toEqual(['d'])
    expect(captures('[!a-c]', 'b')).toBeUndefined()
    expect(captures('[a-]', '-')).toEqual(['-'])
  })

  it('matches a leading dot by a dot that is written, or when told to', () => {
    for (const pattern of ['*', '?x', '[.]x', '*x']) {
      expect([pattern, captures(pattern, '.x')]).toEqual([pattern, undefined])
      expect(captures(pattern, '.x', true)).toBeDefined()
    }
    expect(captures('.*', '.x')).toEqual(['x'])
    expect(captures('{.,}x', '.x')).toEqual(['.'])
  })

  it('takes time in proportion, whatever the pattern', () => {
    const name = 'a'.repeat(255)
    expect(captures(`${'*a'.repeat(60)}*b`, name)).toBeUndefined()
    for (const sign of ['{', '[', '{a', '{,', '(', '[a-']) {
      const many = sign.repeat(Math.floor(1_024 / sign.length))
      expect(captures(many, name)).toBeUndefined()
    }
  })

  it('says what is wrong with a pattern', () => {
    for (const pattern of ['a\\', '[z-a]', '{a,b}'.repeat(11), 'a'.repeat(2_000)]) {
      expect(() => compileName(pattern)).toThrow(refusal('tinyfs.bad-pattern'))
    }
  })

  function isStar(pattern: string, capture: number): boolean {
    return pattern.match(/\*|\{[^}]*\}/g)?.[capture] === '*'
  }
})

describe('a pattern for paths', () => {
  it('gives paths in order, with captures', async () => {
    const fs = await planted(
      '/sensors/b/2026/x.parquet',
      '/sensors/a/x.parquet',
      '/sensors/a/y.csv',
      '/sensors/a/p/q/z.parquet',
    )
    expect(await matches(fs, '/sensors/*/**/*.parquet')).toEqual({
      '/sensors/a/p/q/z.parquet': ['a', 'p/q', 'z'],
      '/sensors/a/x.parquet': ['a', '', 'x'],
      '/sensors/b/2026/x.parquet': ['b', '2026', 'x'],
    })
    expect((await glob(fs, '/sensors/**')).map((match) => match.path)).toEqual(
      [...'/a /a/p /a/p/q /a/p/q/z.parquet /a/x.parquet /a/y.csv /b /b/2026 /b/2026/x.parquet'.split(' ')].map(
        (path) => `/sensors${path}`,
      ),
    )
    expect(await matches(fs, '/sensors/**/')).toEqual({
      '/sensors/a': ['a'],
      '/sensors/a/p': ['a/p'],
      '/sensors/a/p/q': ['a/p/q'],
      '/sensors/b': ['b'],
      '/sensors/b/2026': ['b/2026'],
    })
  })

  it('agrees with a match of the whole path against every path of any tree', async () => {
    const name = fc.constantFrom('a', 'b', 'ab', '.h')
    const segment = fc.constantFrom('a', 'b', '*', '?', '*b', '[ab]', '{a,ab}', '**', '.*')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(name, { minLength: 1, maxLength: 4 }), { maxLength: 12 }),
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (directories, segments, all) => {
          const fs = await planted(...directories.map((names) => `/${names.join('/')}/`))
          const every: string[] = []
          for await (const { path } of fs.visit('/')) every.push(path)
          const expected = every.filter((path) => matchesNames(segments, path.slice(1).split('/'), all))
          const found = await glob(fs, `/${segments.join('/')}`, { all })
          expect(found.map((match) => match.path)).toEqual(expected.sort())
        },
      ),
      { numRuns: runs(500) },
    )
  })

  it('follows links in the middle, never by **, and gives links at the end as links', async () => {
    const fs = await planted('/real/x', '/view -> real', '/deep/link -> /real', '/dangling -> nowhere', '/self -> self')
    expect(Object.keys(await matches(fs, '/view/*'))).toEqual(['/view/x'])
    expect(Object.keys(await matches(fs, '/deep/*/x'))).toEqual(['/deep/link/x'])
    expect(Object.keys(await matches(fs, '/**/x'))).toEqual(['/real/x'])
    expect((await glob(fs, '/{view,dangling,self}')).map((match) => match.node.fileType)).toEqual([
      'symlink',
      'symlink',
      'symlink',
    ])
    expect(Object.keys(await matches(fs, '/*/'))).toEqual(['/deep', '/real', '/view'])
  })

  it('visits a directory that is reached twice once, by its own path', async () => {
    const fs = await planted('/real/x', '/also -> real', '/up/loop -> /up', '/up/x')
    expect(Object.keys(await matches(fs, '/*/x'))).toEqual(['/real/x', '/up/x'])
    expect(Object.keys(await matches(fs, '/up/*/*/x'))).toEqual(['/up/loop/loop/x'])
  })

  it('leaves out what begins with a dot, and everything below it, unless told otherwise', async () => {
    const fs = await planted('/.git/x', '/a/.hidden', '/a/x')
    expect(Object.keys(await matches(fs, '/**'))).toEqual(['/a', '/a/x'])
    expect(Object.keys(await matches(fs, '/**/.*'))).toEqual(['/.git', '/a/.hidden'])
    expect(Object.keys(await matches(fs, '/**/x', true))).toEqual(['/.git/x', '/a/x'])
  })

  it('reaches a spelling that is there exactly, and its twin otherwise', async () => {
    const fs = await planted('/caf\u00e9/x')
    expect(Object.keys(await matches(fs, '/cafe\u0301/*'))).toEqual(['/caf\u00e9/x'])
    expect(Object.keys(await matches(fs, '/c\\af\u00e9/\\x'))).toEqual(['/caf\u00e9/x'])
  })

  it('reads dots and slashes of a pattern as those of a path', async () => {
    const fs = await planted('/a/x')
    expect(Object.keys(await matches(fs, 'a/.//../a/*'))).toEqual(['/a/x'])
    expect(await matches(fs, '/')).toEqual({ '/': [] })
    expect(await matches(fs, '/nothing/*')).toEqual({})
    await expect(glob(fs, '/../*')).rejects.toEqual(refusal('tinyfs.above-root'))
    await expect(glob(fs, '/{a/x,b}')).rejects.toEqual(refusal('tinyfs.bad-pattern'))
    expect(await matches(fs, '/{a/x}')).toEqual({})
  })

  it('ends with the path where a directory contains itself', async () => {
    class Bent extends MemoryBackend {
      override async entries(directory: NodeRef): Promise<readonly DirectoryEntry[]> {
        return [{ name: 'again', node: directory }]
      }
    }
    const fs = new FileSystem(new Bent({ now: () => 0, newId: () => 'root' }))
    await expect(glob(fs, '/**')).rejects.toEqual(refusal('tinyfs.visit-loop'))
  })
})

/** The meaning of a pattern once more, by plain recursion over names. */
function matchesNames(segments: readonly string[], names: readonly string[], all: boolean): boolean {
  const [segment, ...rest] = segments
  if (segment === undefined) return names.length === 0
  if (segment !== '**') {
    return (
      names.length > 0 &&
      compileName(segment).match(names[0]!, all) !== undefined &&
      matchesNames(rest, names.slice(1), all)
    )
  }
  if (rest.length > 0 && matchesNames(rest, names, all)) return true
  if (names.length === 0 || (names[0]!.startsWith('.') && !all)) return false
  return rest.length === 0 && names.length === 1 ? true : matchesNames(segments, names.slice(1), all)
}
