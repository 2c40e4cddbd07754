import { describe, expect, it } from 'vitest'
import { Renderer } from './renderer'

const render = async (template: string, context: Record<string, unknown> = {}) =>
  (await Renderer.open()).render({ template, context })

describe('A template', () => {
  it('is filled in with what it is given, to its last line end', async () => {
    const context = { station: 'Silver', rows: [{ at: 1, level: 1.5 }] }
    expect(await render('{{ station }}\n{% for r in rows %}{{ r.level }}{% endfor %}\n', context)).toEqual({
      text: 'Silver\n1.5\n',
    })
  })

  it('that names what is not there, or is no template, is refused with its line', async () => {
    expect(await render('a\n{{ missing }}')).toEqual({ problem: 'undefined value', line: 2 })
    expect(await render('a\nb\n{{ 1 + }}')).toMatchObject({ line: 3, problem: expect.stringContaining('syntax error') })
  })

  it('that does not end is stopped', async () => {
    const loop = '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}'
    expect(await render(loop)).toMatchObject({ problem: 'it takes too many steps' })
    expect(await render('{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}')).toMatchObject({
      problem: expect.stringContaining('recursion'),
    })
  })

  it('that grows beyond all bounds is stopped, and so is the memory that it takes', async () => {
    const renderer = await Renderer.open()
    const before = process.memoryUsage.rss()
    const doubled = '{% set n = namespace(x="a") %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}'
    expect(renderer.render({ template: doubled, context: {} })).toEqual({
      problem: 'it needs more than 64 MiB of memory',
    })
    expect(renderer.isBroken).toBe(true)
    expect(process.memoryUsage.rss() - before).toBeLessThan(256e6)
    expect(await render('{{ "x" * 17000000 }}')).toEqual({ problem: 'it makes more than 16 MiB of text' })
  })

  it.each([
    '{{ a.constructor }}',
    '{{ a.__proto__ }}',
    '{{ a["constructor"]("return process")() }}',
    '{{ range.constructor }}',
    '{{ self.constructor }}',
    '{{ cycler.constructor }}',
    '{{ "".constructor.constructor("return this")() }}',
    '{% include "/etc/passwd" %}',
    '{% import "/etc/passwd" as x %}',
    '{% extends "/etc/passwd" %}',
    '{{ process }}{{ require }}{{ globalThis }}',
  ])('gets out of what it was given by no way: %s', async (template) => {
    expect(await render(template, { a: {}, f: 1 })).toHaveProperty('problem')
  })
})
