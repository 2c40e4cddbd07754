import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filledPlainly } from './plain'
import { Renderer } from './renderer'

const renderer = await Renderer.open()

/** A brace beside a name is one of the template's to the engine. */
const BESIDE = ['{{{ a }}', '{{ a }}}', '{{{ a }}}', '{{ a }}{{ b }}', '{{ a }}%}', '{%{{ a }}'].map(
  (template): [string[], Record<string, string | number>] => [[template], { a: 0, b: '}' }],
)

describe('A template of names', () => {
  it('is filled in as the engine does it, or left to the engine', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant('{{ a }}'),
      fc.constant(null),
      fc.array(fc.string(), { maxLength: 2 }),
    )
    const context = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'true', 'not', 'constructor'), value)
    const piece = fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.constantFrom('{{ a }}', '{{b}}', '{{ c[0] }}', '{{ c[1] }}', '{{  a  }}', '{{ true }}', '{{ not }}'),
      fc.constantFrom(
        '{{',
        '}}',
        '{%',
        '{#',
        '#}',
        '{',
        '}',
        '{{- a -}}',
        '{{ a|upper }}',
        '{{ constructor }}',
        '\n',
        ' ',
      ),
    )
    let filled = 0
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), context, (pieces, given) => {
        const rendering = { template: pieces.join(''), context: given }
        const plain = filledPlainly(rendering)
        if (plain === undefined) return
        filled++
        expect(renderer.render(rendering)).toEqual({ text: plain })
      }),
      {
        numRuns: 1_000,
        examples: BESIDE,
      },
    )
    expect(filled).toBeGreaterThan(50)
  })
})
