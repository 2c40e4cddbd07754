import { describe, expect, it } from 'vitest'
import { PondError } from '../../shared/errors'
import { parseArguments } from './args'
import { VERBS } from './verbs'

const parse = (...argv: string[]) => parseArguments(argv, { version: '1.2.3', columns: 80 })
const invocation = (...argv: string[]) => {
  const parsed = parse(...argv)
  if (parsed.kind !== 'run') throw new Error('expected a verb to run')
  return parsed.invocation
}
const refusal = (...argv: string[]): PondError => {
  try {
    parse(...argv)
  } catch (error) {
    if (error instanceof PondError) return error
  }
  throw new Error('expected a refusal')
}

describe('the grammar', () => {
  it.each(VERBS.map(({ name }) => name))('explains %s with an example', (name) => {
    const parsed = parse(name, '--help')
    expect(parsed).toMatchObject({ kind: 'help', text: expect.stringMatching(/\$ .*pond /) as string })
    expect(parsed).toMatchObject({ text: expect.stringContaining('--json') as string })
  })

  it('takes --json and --pond before and after the verb', () => {
    for (const argv of [
      ['--json', '--pond', 'x', 'ls', '/a'],
      ['ls', '/a', '--json', '--pond', 'x'],
    ]) {
      const parsed = invocation(...argv)
      expect([parsed.flag('json'), parsed.text('pond'), parsed.args]).toEqual([true, 'x', ['/a']])
    }
  })

  it('takes everything after -- as arguments, and knows which those are', () => {
    const parsed = invocation('rm', 'a*', '--', '-r', '--json', '--')
    expect(parsed.args).toEqual(['a*', '-r', '--json', '--'])
    expect(parsed.args.map((_, i) => parsed.isLiteral(i))).toEqual([false, true, true, true])
    expect(parsed.flag('recursive')).toBe(false)
  })

  it('knows aliases by the name of their verb', () => {
    expect(invocation('list').verb).toBe('ls')
    expect(invocation('history').verb).toBe('log')
    expect(invocation('fsck').verb).toBe('verify')
  })

  it('suggests the nearest of an unknown verb or option', () => {
    expect(refusal('stauts').message).toContain('status')
    expect(refusal('ls', '--recursiv').message).toContain('--recursive')
  })

  it.each([
    [],
    ['cat'],
    ['ln', '/a'],
    ['mv', '/a', '/b', '/c'],
    ['commit', 'one', 'two'],
    ['log', '--limit'],
    ['nonsense'],
    ['ls', '--nonsense'],
  ])('refuses %j as wrong usage', (...argv) => {
    expect(refusal(...argv).code).toBe('cli.usage')
    expect(refusal(...argv).message).not.toContain('\n')
  })
})

describe('a moment', () => {
  it('is what --at says, or pending, or the default of its verb', () => {
    expect(invocation('ls').at('pending')).toBe('pending')
    expect(invocation('query', 'x').at('head')).toBe('head')
    expect(invocation('ls', '--at', 'head~2').at('pending')).toBe('head~2')
    for (const flag of ['--pending', '--include-pending', '--show-pending']) {
      expect(invocation('query', 'x', flag).at('head')).toBe('pending')
      expect(invocation('query', 'x', flag, '--at', 'pending').at('head')).toBe('pending')
    }
  })

  it('cannot be two', () => {
    expect(() => invocation('ls', '--pending', '--at', '3').at('pending')).toThrow(PondError)
  })
})

describe('an option', () => {
  it('is refused when it is not one of its choices, or no number in its bounds', () => {
    expect(invocation('log', '--limit', '10').number('limit', { min: 1, max: 10 })).toBe(10)
    for (const limit of ['0', '11', '-1', '1.5', 'ten', '1e3', '']) {
      expect(() => invocation('log', `--limit=${limit}`).number('limit', { min: 1, max: 10 })).toThrow(PondError)
    }
    expect(() => invocation('cat', '/a', '--format', 'xml').choice('format', ['csv', 'json'])).toThrow(PondError)
  })
})
