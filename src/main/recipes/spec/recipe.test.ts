import { describe, expect, it } from 'vitest'
import { Renderer } from '../templates/renderer'
import type { Render } from '../templates/rendering'
import { outputName, readRecipe } from './recipe'

const renderer = await Renderer.open()
const render: Render = async (work) => work.map((one) => renderer.render(one))
const problemsOf = async (text: string) => {
  const checked = await readRecipe(text, render)
  return checked !== undefined && 'problems' in checked
    ? checked.problems.map(({ line, column, message, nearest }) => ({ at: `${line}:${column}`, message, nearest }))
    : checked
}
const specOf = async (text: string) => {
  const checked = await readRecipe(text, render)
  if (checked === undefined || 'problems' in checked) throw new Error(JSON.stringify(checked))
  return checked.recipe.spec
}

describe('A file', () => {
  it('makes what it is called without its ending', () => {
    expect(outputName('hourly.recipe.yaml')).toBe('hourly')
    expect(outputName('.recipe.yaml')).toBeUndefined()
    expect(outputName('hourly.yaml')).toBeUndefined()
  })

  it.each(['', 'a: 1', '- recipe', 'recipe', '{{{', '"recipes: none"'])(
    'that names no recipe is a plain one, whatever else it is: %j',
    async (text) => {
      expect(await readRecipe(text, render)).toBeUndefined()
    },
  )

  it('that says it is a recipe and cannot be read is one with a problem', async () => {
    expect(await problemsOf('recipe: sql\nquery: "a\n')).toMatchObject([{ at: '3:1' }])
    expect(await problemsOf('recipe: sql\n---\nrecipe: sql\n')).toMatchObject([{ at: '3:1' }])
  })
})

describe('A recipe', () => {
  it('has the defaults of what it leaves out', async () => {
    expect(await specOf('recipe: reduce\ninput: /a/*.series\nevery: [1h, 1d]\nvalues: [{fn: avg}]\n')).toEqual({
      recipe: 'reduce',
      input: '/a/*.series',
      name: '$0',
      time: 'timestamp',
      every: ['1h', '1d'],
      origin: 'epoch',
      zone: 'UTC',
      values: [{ fn: 'avg', columns: '*' }],
    })
  })

  it('has its variables in every string, and numbers and places stay what they are', async () => {
    const text = `recipe: sql
vars: { station: Silver, least: 3 }
inputs: { a: "/{{ station }}/*.csv" }
query: SELECT * FROM a WHERE level > {{ least }}
series: "{{ station }}.time"
`
    expect(await specOf(text)).toMatchObject({
      inputs: { a: '/Silver/*.csv' },
      query: 'SELECT * FROM a WHERE level > 3',
      series: 'Silver.time',
    })
    expect(await problemsOf(text.replace('{{ least }}', '{{ lest }}'))).toMatchObject([{ at: '4:8' }])
  })

  it('leaves to later what is known later', async () => {
    const text = 'recipe: text\ninput: /*.csv\nname: "{{ c[0] }}.md"\ntemplate: "{{ path }}"\n'
    expect(await specOf(text)).toMatchObject({ name: '{{ c[0] }}.md', template: '{{ path }}' })
    expect(await problemsOf('recipe: text\nname: "{{ c[0] }}.md"\ntemplate: x\n')).toMatchObject([{ at: '2:7' }])
    const rename = 'recipe: pivot\ninput: {glob: /a, rename: [{match: a, to: "{{$1}}"}]}\ncolumns: x\n'
    expect(await specOf(rename)).toMatchObject({ input: { rename: [{ to: '{{$1}}' }] } })
  })

  it.each([
    ['recipe: reduc', [{ at: '1:9', nearest: 'reduce' }]],
    ['recipe:', [{ at: '1:8' }]],
    ['recipe: sql\ninpts: {a: /x}', [{ at: '1:1' }, { at: '2:1', nearest: 'inputs' }]],
    ['recipe: join\ninputs:\n  - {glob: /x, scop: A}', [{ at: '3:5' }, { at: '3:16', nearest: 'scope' }]],
    ['recipe: join\nkind: ful\ninputs: [{glob: /x, scope: A}]', [{ at: '2:7', nearest: 'full' }]],
    ['recipe: reduce\ninput: /a\nevery: [1h, 90m]\nvalues: [{fn: avg}]', [{ at: '3:8' }]],
    ['recipe: text\ntemplate: a\ntemplate_file: /b', [{ at: '2:11' }]],
    ['recipe: sql\nvars: {a b: 1}', [{ at: '2:8' }]],
    ['recipe: sql\nvars: {a: [1]}', [{ at: '2:11' }]],
    ['recipe: sql\ninputs: {a: {glob: /x, columns: 5}}', [{ at: '2:33' }]],
    ['recipe: sql\ninputs: {a: {glob: /x, rename: [{from: a, too: b}]}}', [{ at: '2:43', nearest: 'to' }]],
    ['recipe: reduce\ninput: /a\nevery: [0h]\nvalues: [{fn: avg}]', [{ at: '3:9' }]],
    ['recipe: reduce\ninput: /a\nevery: 1h\nvalues: []', [{ at: '3:8' }, { at: '4:9' }]],
    ['recipe: reduce\ninput: /a\nevery: [1h]\nvalues: [{fn: median}]', [{ at: '4:15' }]],
    ['recipe: sql\nquery: 5', [{ at: '2:8' }]],
    ['recipe: sql\nrecipe: sql', [{ at: '2:1' }]],
    ['recipe: sql\nquery:\n\tSELECT', [{ at: '3:1' }, {}]],
    ['recipe: sql\nquery: .inf', [{ at: '2:8' }]],
    ['recipe: sql\nquery: 12345678901234567890', [{ at: '2:8' }]],
    ['recipe: sql\nquery: &a [*a]', [{ at: '2:12' }]],
    ['recipe: sql\nquery: !!python/object x', [{ at: '2:8' }]],
  ])('that is wrong is refused at the place, with what was meant: %j', async (text, expected) => {
    expect(await problemsOf(text)).toMatchObject(expected)
  })

  it('that would grow beyond all bounds is refused', async () => {
    const bomb = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`)
    expect(await problemsOf(`recipe: sql\na0: &a0 [x]\n${bomb.join('\n')}`)).toHaveLength(1)
    for (const depth of [70, 9_000]) {
      const deep = (await problemsOf(`recipe: sql\nquery: ${'['.repeat(depth)}${']'.repeat(depth)}`)) as unknown[]
      expect(deep[0]).toMatchObject({ message: 'this is nested too deep' })
    }
    expect(await problemsOf(`recipe: sql\nquery: ${'x'.repeat(1 << 20)}`)).toHaveLength(1)
  })

  // The parser would take up to a minute for each of them.
  it.each([
    ['keys', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n'), 'this grows too large'],
    ['keys on a line', `q: {${Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join()}}`, 'this grows too large'],
    ['lists in each other', `q: ${'['.repeat(1_000_000)}`, 'this is nested too deep'],
    ['items in each other', `q:\n${'- '.repeat(500_000)}`, 'this is nested too deep'],
    ['maps in each other', `q: ${'{a: '.repeat(250_000)}`, 'this is nested too deep'],
    ['marks', `q: [${'!x y,'.repeat(200_000)}`, 'this grows too large'],
    ['lines', '%\n'.repeat(500_000), 'this grows too large'],
    ['lines of another machine', 'a\r\n'.repeat(300_000), 'this grows too large'],
    ['documents', '---\n'.repeat(250_000), 'this is too long'],
  ])('of too many %s is refused before it is parsed', async (_, text, message) => {
    expect(await problemsOf(`recipe: sql\n${text}`)).toMatchObject([{ message }])
  })

  it('says of many mistakes the first hundred', async () => {
    expect(await problemsOf(`recipe: sql\n${'%\n'.repeat(5_000)}`)).toHaveLength(100)
  })
})
