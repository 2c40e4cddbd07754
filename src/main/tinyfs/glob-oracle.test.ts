import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../shared/testing/runs'
import { compareUtf8 } from '../../shared/path'
import { FileSystem } from './filesystem'
import { glob } from './glob'
import { fillIn, waysOf } from './testing/glob-oracle'
import { ModelFileSystem, type Command } from './testing/model'
import { memoryBackend } from './testing/planted'

// Few names, so that patterns and links meet what is there.
const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b') },
  { weight: 1, arbitrary: fc.constantFrom('ab', 'a.b', '.a', 'é') },
)
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
const near = fc.array(name, { minLength: 1, maxLength: 2 }).map((names) => `/${names.join('/')}`)
const target = fc.oneof(
  { weight: 3, arbitrary: name },
  path,
  name.map((to) => `../${to}`),
  fc.constant('..'),
)
const make = (withLinks: boolean): fc.Arbitrary<Command> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('mkdir' as const), path, parents: fc.constant(true) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('create' as const), path, bytes: fc.constant(new Uint8Array()) }),
    },
    {
      weight: withLinks ? 3 : 0,
      arbitrary: fc.record({ do: fc.constant('link' as const), path: near, target }),
    },
  )
/** Enough for every name to be there in some places. */
const tree = (withLinks: boolean) => fc.array(make(withLinks), { minLength: 4, maxLength: 24, size: 'max' })
const piece = fc.constantFrom('a', 'b', '.', '*', '?', '[ab]', '[!a]', '{a,b}', '{.,ab,}', 'é')
const segment = fc
  .oneof(
    {
      weight: 1,
      arbitrary: fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('').replace(/\*+/g, '*')),
    },
    { weight: 3, arbitrary: fc.constantFrom('**', '*', '*', 'a', 'b') },
  )
  .filter((text) => text !== '.' && text !== '..')
const pattern = fc.array(segment, { minLength: 1, maxLength: 4 })

/** The same tree in the filesystem and in its model. */
async function plant(commands: readonly Command[]): Promise<{ fs: FileSystem; model: ModelFileSystem }> {
  const model = new ModelFileSystem()
  const fs = new FileSystem(memoryBackend())
  for (const command of commands) {
    if (model.run(command) !== 'done') continue
    if (command.do === 'mkdir') await fs.createDirectory(command.path, { parents: true })
    else if (command.do === 'link') await fs.createSymlink(command.path, command.target)
    else if (command.do === 'create') await (await fs.createFile(command.path)).close()
  }
  return { fs, model }
}

describe('a pattern over any tree', () => {
  it('matches what every way through the tree finds, links in the middle followed and none by **', () =>
    fc.assert(
      fc.asyncProperty(tree(true), pattern, fc.boolean(), async (commands, segments, all) => {
        const { fs, model } = await plant(commands)
        const ways = waysOf({ model, segments, all })
        const found = await glob(fs, `/${segments.join('/')}`, { all })
        const placeOf = new Map(ways.map(({ path, place }) => [path, place]))
        // Each entry once, whatever ways lead to it, by one of these ways; by its own path where that is one.
        const places = found.map((match) => placeOf.get(match.path))
        const expected = new Set(ways.map(({ place }) => place))
        expect([new Set(places), places.length]).toEqual([expected, expected.size])
        for (const [i, match] of found.entries()) {
          const own = places[i]!
          if (placeOf.get(own) === own) expect(match.path).toBe(own)
        }
        expect(found.map((match) => match.path)).toEqual(found.map((match) => match.path).sort(compareUtf8))
      }),
      { numRuns: runs(600) },
    ))

  it('captures texts that give the path again where the wildcards were', () =>
    fc.assert(
      fc.asyncProperty(tree(true), pattern, fc.boolean(), async (commands, segments, all) => {
        const { fs } = await plant(commands)
        for (const match of await glob(fs, `/${segments.join('/')}`, { all })) {
          expect(fillIn(segments, match.captures)).toBe(match.path)
        }
      }),
      { numRuns: runs(600) },
    ))

  it('captures as little as it can, the first wildcards first', () =>
    fc.assert(
      fc.asyncProperty(
        tree(false),
        fc.array(fc.constantFrom('a', 'b', '*', '**', '**', '*b'), { minLength: 2, maxLength: 5 }),
        async (commands, segments) => {
          const { fs, model } = await plant(commands)
          const least = new Map<string, readonly string[]>()
          for (const { path, captures } of waysOf({ model, segments, all: false })) {
            const known = least.get(path)
            if (known === undefined || takesLess(captures, known)) least.set(path, captures)
          }
          const found = await glob(fs, `/${segments.join('/')}`)
          expect(new Map(found.map((match) => [match.path as string, match.captures]))).toEqual(
            new Map([...least].sort(([a], [b]) => compareUtf8(a, b))),
          )
        },
      ),
      { numRuns: runs(600) },
    ))
})

function takesLess(captures: readonly string[], known: readonly string[]): boolean {
  const slot = captures.findIndex((text, i) => text !== known[i])
  return slot >= 0 && captures[slot]!.length < known[slot]!.length
}
