import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { splitWords } from '../../src/main/cli/script'
import { EXAMPLES, SamplePonds } from '../../src/main/cli/testing/examples'
import { Terminal } from '../../src/main/cli/testing/terminal'
import { VERBS } from '../../src/main/cli/verbs'

/** Those that do not end by themselves; `serve` is tried where the page is built. */
const ENDLESS = ['serve', 'app']

let terminal: Terminal
let ponds: SamplePonds
beforeAll(async () => {
  terminal = new Terminal()
  ponds = new SamplePonds()
  await terminal.json(['init', ponds.original, '--sample'])
}, 60_000)
afterAll(() => {
  ponds[Symbol.dispose]()
  terminal[Symbol.dispose]()
})

describe('the examples in help', () => {
  it('are there for every verb', () => {
    expect(VERBS.filter(({ name }) => !EXAMPLES.some(({ verb }) => verb === name))).toEqual([])
  })

  it.each(EXAMPLES.filter(({ verb, isShell }) => !isShell && !ENDLESS.includes(verb)).map(({ line }) => line))(
    'run in the sample pond: %s',
    async (line) => {
      const split = splitWords(line)
      if (typeof split === 'string') throw new Error(`expected a whole command, found one that goes on: ${line}`)
      const ended = await terminal.pond(split.words.slice(1), { cwd: ponds.fresh() })
      expect([ended.status, ended.stderr]).toEqual([0, ended.stderr])
    },
  )
})
