/** The index of recipes: nobody walks the pond to find them, and what is kept is never trusted. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { counted, type Counts } from '../../src/main/platform/testing/counted'
import { Pond } from '../../src/main/pond/pond'
import { RecipeIndex } from '../../src/main/pond/recipes/recipe-index'
import { createSteward, openSteward } from '../../src/main/steward'
import { runs } from '../../src/shared/testing/runs'
import { glob, ReadFileSystem } from '../../src/main/tinyfs'

interface Indexed {
  readonly folder: string
  readonly pond: Pond
  paths(at?: string): Promise<readonly string[]>
  /** What is asked of the disk meanwhile. */
  during<T>(work: () => Promise<T>): Promise<Counts>
  put(path: string, text?: string): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** As one process has it. @param at of a pond that is there already */
async function open(at?: string): Promise<Indexed> {
  const folder = at ?? (await mkdtemp(join(tmpdir(), 'pond-recipe-index-')))
  const { storage, during } = counted(nodeStorage(folder))
  const world = nodeWorld({ storage, user: 'ada', command: 'test' })
  const steward = at === undefined ? await createSteward(world, {}) : await openSteward(world, {})
  const pond = new Pond(world, steward)
  const index = new RecipeIndex(() => steward)
  return {
    folder,
    pond,
    during: async (work) => during(work),
    paths: async (moment = 'pending') => index.paths(await pond.moment(moment)),
    put: async (path, text = 'recipe: sql\nquery: SELECT 1 AS n\n') => {
      const content = await pond.prepare([Buffer.from(text)])
      await pond.stage((fs) => fs.put(path, content, { parents: true, replace: true }))
    },
    async [Symbol.asyncDispose]() {
      await pond.close()
      if (at === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Every file that is called as a recipe, by looking everywhere. */
async function walked({ pond }: Indexed, at: string): Promise<readonly string[]> {
  const { backend } = await pond.moment(at)
  const found = await glob(new ReadFileSystem(backend), '/**/*.recipe.yaml', { all: true })
  return found.filter(({ node }) => node.fileType !== 'directory').map(({ path }) => path)
}

const names = fc.constantFrom('a', 'b', 'x.recipe.yaml', '.h.recipe.yaml')
const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`)
const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ act: fc.constant('put' as const), path: paths }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('remove' as const), path: paths }) },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('move' as const), path: paths, to: paths }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('commit' as const) }) },
  ),
  { minLength: 10, maxLength: 60 },
)

describe('The index of recipes', () => {
  it('knows what walking the pond finds, at every version and pending, through moves of directories', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (history) => {
        await using test = await open()
        for (const each of history) {
          if (each.act === 'commit') await test.pond.commit({ message: 'm' })
          else if (each.act === 'put') await test.put(each.path).catch(() => undefined)
          else if (each.act === 'remove') await test.pond.stage((fs) => fs.remove(each.path)).catch(() => undefined)
          else await test.pond.stage((fs) => fs.rename(each.path, each.to)).catch(() => undefined)
          if (each.act === 'move') expect(await test.paths()).toEqual(await walked(test, 'pending'))
        }
        const { version } = await test.pond.status()
        for (let at = 0; at <= version; at++)
          expect(await test.paths(String(at)), `version ${at}`).toEqual(await walked(test, String(at)))
        await using other = await open(test.folder)
        for (const at of ['head', 'pending']) expect(await other.paths(at)).toEqual(await walked(test, at))
      }),
      { numRuns: runs(30) },
    )
  })

  it('asks the disk of what changed, and not of the directories beside it', async () => {
    const costs = async (directories: number): Promise<Counts> => {
      await using first = await open()
      const content = await first.pond.prepare([Buffer.from('n\n1\n')])
      await first.pond.stage(async (fs) => {
        for (let i = 0; i < directories; i++) await fs.put(`/d${i}/f.csv`, content, { parents: true })
      })
      await first.put('/d7/o.recipe.yaml')
      await first.pond.commit({ message: 'many' })
      for (let version = 2; version <= 16; version++) {
        await first.put('/d3/f.csv', `n\n${version}\n`)
        await first.pond.commit({ message: 'one' })
      }
      await first.paths('head')
      await first.put('/d4/f.csv', 'n\n9\n')
      await first.put('/d5/o.recipe.yaml')
      await first.pond.commit({ message: 'more' })
      await using test = await open(first.folder)
      return await test.during(async () => {
        expect(await test.paths('head')).toEqual(['/d5/o.recipe.yaml', '/d7/o.recipe.yaml'])
      })
    }
    const [few, many] = [await costs(20), await costs(400)]
    expect(many.reads).toBeLessThanOrEqual(few.reads + 2)
  })

  it('is found anew where it was deleted, and where somebody forged it', async () => {
    await using test = await open()
    await test.put('/o.recipe.yaml')
    for (let version = 1; version <= 16; version++) {
      await test.put('/f', String(version))
      await test.pond.commit({ message: 'm' })
    }
    expect(await test.paths('head')).toEqual(['/o.recipe.yaml'])
    const derived = join(test.folder, 'cache/derived')
    let forged = 0
    for (const name of await readdir(derived)) {
      if ((await readFile(join(derived, name), 'utf8')) !== '["/o.recipe.yaml"]') continue
      await writeFile(join(derived, name), '["/p.recipe.yaml"]')
      forged++
    }
    expect(forged).toBe(1)
    {
      await using other = await open(test.folder)
      expect(await other.paths('head')).toEqual(['/o.recipe.yaml'])
    }
    await rm(derived, { recursive: true })
    await using other = await open(test.folder)
    expect(await other.paths('head')).toEqual(['/o.recipe.yaml'])
  })

  it('is found where nothing can be kept', async () => {
    await using test = await open()
    await test.put('/o.recipe.yaml')
    await rm(join(test.folder, 'cache/derived'), { recursive: true, force: true })
    await mkdir(join(test.folder, 'cache'), { recursive: true })
    await writeFile(join(test.folder, 'cache/derived'), 'in the way')
    expect(await test.paths()).toEqual(['/o.recipe.yaml'])
  })
})
