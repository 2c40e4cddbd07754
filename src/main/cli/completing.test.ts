import { describe, expect, it } from 'vitest'
import { verbNames, wantedOf } from './completing'
import { VERBS } from './verbs'

const wanted = (...words: string[]) => {
  const { words: kind, typed, before } = wantedOf(words)
  return [kind, typed, before]
}

describe('what is being typed', () => {
  it('is a verb first, whatever options come before it', () => {
    expect(wanted('st')).toEqual(['verb', 'st', ''])
    expect(wanted('--json', '--pond', 'x', '')).toEqual(['verb', '', ''])
    expect(wanted('help', 'l')).toEqual(['verb', 'l', ''])
    expect(wanted('--pond', '')).toEqual(['host', '', ''])
  })

  it('is an operand of its verb, by position', () => {
    expect(wanted('cat', '/w')).toEqual(['pond', '/w', ''])
    expect(wanted('rm', '-r', '/a', '/b', '')).toEqual(['pond', '', ''])
    expect(wanted('completion', 'b')).toEqual([['bash', 'zsh', 'fish'], 'b', ''])
    expect(wanted('status', '')).toEqual(['free', '', ''])
    expect(wanted('nonsense', '')).toEqual(['free', '', ''])
  })

  it('is the value of an option before it, or with it', () => {
    expect(wanted('ls', '--at', 'h')).toEqual(['moment', 'h', ''])
    expect(wanted('ls', '--at=h')).toEqual(['moment', 'h', '--at='])
    expect(wanted('commit', '-m', '')).toEqual(['free', '', ''])
    expect(wanted('commit', '--paths', '/a', '')).toEqual(['pond', '', ''])
    expect(wanted('ls', '--at', 'head', '')).toEqual(['pond', '', ''])
  })

  it('is an option of its verb, or one of all', () => {
    const [options] = wanted('ls', '--') as [readonly string[], string, string]
    expect(options).toEqual(expect.arrayContaining(['--json', '--pond', '--help', '--long', '--at']))
    expect(options).not.toContain('--sql')
    expect(wanted('rm', '--', '-')).toEqual(['pond', '-', ''])
  })

  it('is read in the pond and at the moment that the line names', () => {
    expect(wantedOf(['--pond', 'p', 'cat', '--at', '3', '/'])).toMatchObject({ pond: 'p', at: '3', words: 'pond' })
  })
})

describe('the table of verbs', () => {
  it('says of every option with a value, and of every argument, what it can be', () => {
    for (const verb of VERBS.filter(({ hidden }) => hidden !== true)) {
      for (const [flags, , value] of verb.options ?? [])
        expect([flags, value !== undefined]).toEqual([flags, /[<[]/.test(flags)])
      expect([verb.name, verb.words !== undefined]).toEqual([verb.name, verb.args !== ''])
    }
  })

  it('offers every verb but the hidden one', () => {
    expect(verbNames()).toContain('ls')
    expect(verbNames()).not.toContain('complete')
  })
})
