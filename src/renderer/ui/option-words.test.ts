import { expect, it } from 'vitest'
import { withFieldNames } from './option-words'

it('options that help to read a file are called as their fields are, and nothing else is changed', () => {
  expect(withFieldNames('it is text (--null or --types says otherwise)')).toBe(
    'it is text (“Texts that mean no value” or “Type” says otherwise)',
  )
  expect(withFieldNames('(--timestamp-format says otherwise)')).toBe('(“Formats of times” says otherwise)')
  expect(withFieldNames('(--bad-lines skip leaves such lines out)')).toBe(
    '(“Lines of another width” leaves such lines out)',
  )
  for (const text of ['`pond recover --set-foreign-aside`', '--skipped', 'a--skip', 'nothing'])
    expect(withFieldNames(text)).toBe(text)
})
