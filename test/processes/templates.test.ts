/** Templates of recipes in a process of their own: what they take, they take from nobody else. Real processes, as they are built. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, type Pond } from '../../src/main/pond'
import { Templates } from '../../src/main/recipes'
import { watchedProcesses, type WatchedProcesses } from './processes'

const LOOP = '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}'
const GROWING = '{% set n = namespace(x="a") %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}'

let folder: string
let processes: WatchedProcesses
let pond: Pond

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-templates-'))
  processes = watchedProcesses()
  pond = await createPond(nodeWorld({ storage: nodeStorage(folder), processes }))
})
afterAll(async () => {
  await pond.close()
  await rm(folder, { recursive: true, force: true })
})

async function write(path: string, text: string): Promise<void> {
  const content = await pond.prepare([Buffer.from(text)])
  await pond.stage((fs) => fs.put(path, content, { replace: true }))
}
async function text(path: string): Promise<string> {
  const reader = await pond.open(path)
  const bytes = Buffer.from(await reader.read(0, reader.size))
  await reader.close()
  return String(bytes)
}

describe('A template', () => {
  it('that does not end stops nobody: not this process, and nobody else who has one', async () => {
    for (let i = 0; i < 4; i++) await write(`/loop${i}.recipe.yaml`, `recipe: text\ntemplate: "${LOOP}${i}"\n`)
    await write('/fine.recipe.yaml', 'recipe: text\nvars: { a: 1 }\ntemplate: "{{ a + 1 }}"\n')
    const refused = { code: 'recipes.bad-template' }
    const order: string[] = []
    const loops = [0, 1, 2, 3].map(async (i) => {
      await expect(text(`/loop${i}`)).rejects.toMatchObject(refused)
      order.push('loop')
    })
    let turns = 0
    const ticking = setInterval(() => turns++, 5)
    const fine = text('/fine').then((made) => {
      order.push('fine')
      return made
    })
    expect(await fine).toBe('2')
    await Promise.all(loops)
    clearInterval(ticking)
    expect(order.indexOf('fine')).toBeLessThan(4)
    // The loop of this process went round meanwhile.
    expect(turns).toBeGreaterThan(20)
  })

  it('that wants more memory than there is, or sends more than there may be, is refused, and the next one is made', async () => {
    await write('/growing.recipe.yaml', `recipe: text\ntemplate: '${GROWING}'\n`)
    await write('/long.recipe.yaml', `recipe: text\ntemplate: "{{ 'x' * 17000000 }}"\n`)
    for (const path of ['/growing', '/long'])
      await expect(text(path)).rejects.toMatchObject({ code: 'recipes.bad-template' })
    expect(await text('/fine')).toBe('2')
  })

  it('in the fields of a recipe has few steps, and its listing goes on', async () => {
    await write('/field.recipe.yaml', `recipe: sql\nquery: "SELECT 1 -- ${LOOP}"\n`)
    expect((await pond.list('/')).map(({ name }) => name)).toContain('field')
    await expect(text('/field')).rejects.toMatchObject({ code: 'recipes.bad-spec' })
  })

  it('of names alone needs no process', async () => {
    const own = watchedProcesses()
    const { clock, log } = nodeWorld({ storage: nodeStorage(folder) })
    const templates = new Templates({ clock, log, processes: own })
    expect(await templates.render([{ template: '{{ a }}-{{ c[0] }}', context: { a: 1, c: ['x'] } }])).toEqual([
      { text: '1-x' },
    ])
    expect(own.started).toEqual([])
    await templates.close()
  })
})

describe('The process of templates', () => {
  it('that ends is another one for the next who asks, and ends with the pond', async () => {
    const own = watchedProcesses()
    const { clock, log } = nodeWorld({ storage: nodeStorage(folder) })
    const templates = new Templates({ clock, log, processes: own })
    const rendering = { template: '{{ 1 + 1 }}', context: {} }
    expect(await templates.render([rendering])).toEqual([{ text: '2' }])
    const waiting = templates.render([{ template: LOOP, context: {} }])
    own.started[0]!.kill()
    expect(await waiting).toEqual([{ problem: expect.stringContaining('ended') }])
    expect(await templates.render([rendering, rendering])).toEqual([{ text: '2' }, { text: '2' }])
    expect(own.started.length).toBe(2)
    await templates.close()
    expect(own.living()).toEqual([])
  })
})
