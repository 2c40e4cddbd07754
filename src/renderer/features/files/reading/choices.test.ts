import { describe, expect, it } from 'vitest'
import type { Reading } from '../../../../shared/model'
import {
  choicesOf,
  FIND_OUT,
  isSaid,
  sameSaid,
  saidOf,
  sheetChoices,
  sheetSaid,
  sheetsOf,
  sheetValue,
  withField,
  withType,
} from './choices'

const reading = { delimiter: ';', hasHeader: true, encoding: 'utf-8', decimal: ',', quote: '"' } as Reading

describe('how a text is read', () => {
  it('shows what was found out until something is said', () => {
    expect(choicesOf('delimiter', reading, undefined)[0]).toEqual({ value: FIND_OUT, label: 'Found out: Semicolon' })
    expect(choicesOf('header', reading, undefined)[0]?.label).toBe('Found out: The first line has names')
    expect(choicesOf('delimiter', reading, ',')[0]?.label).toBe('Find out')
    expect(choicesOf('delimiter', null, undefined)[0]?.label).toBe('Find out')
  })
  it('keeps a choice that no list has', () => {
    expect(choicesOf('delimiter', reading, '~').at(-1)).toEqual({ value: '~', label: '~' })
  })
  it('is said field by field, and left to the bytes again', () => {
    const said = withField(withField({}, 'header', 'false'), 'delimiter', '\t')
    expect(said).toEqual({ header: false, delimiter: '\t' })
    expect(saidOf('header', said)).toBe('false')
    expect(withField(said, 'header', FIND_OUT)).toEqual({ delimiter: '\t' })
  })
  it('has types by column, and none where none is said', () => {
    const said = withType(withType({}, 'a', 'BIGINT'), 'b', 'DATE')
    expect(said).toEqual({ types: { a: 'BIGINT', b: 'DATE' } })
    expect(isSaid(withType(withType(said, 'a', null), 'b', null))).toBe(false)
  })
  it('has the sheets of a workbook, also where it was refused, and one that was said and is not there', () => {
    const sheets = [
      { name: 'Days', isHidden: false },
      { name: 'Lists', isHidden: true },
    ]
    const book = { ...reading, sheet: { name: 'Days', range: 'A1:B9', sheets } }
    expect(sheetsOf(book, null)).toBe(sheets)
    expect(sheetsOf(null, { code: 'query.bad-reading', message: '', detail: { sheets } })).toBe(sheets)
    expect(sheetsOf(reading, null)).toBeNull()
    const labels = (said?: string) => sheetChoices(sheets, book, said).map(({ label }) => label)
    expect(labels()).toEqual(['Found out: Days', 'Days', 'Lists (hidden)'])
    expect(labels('Lists')).toEqual(['Find out', 'Days', 'Lists (hidden)'])
    expect(labels('Gone')).toEqual(['Find out', 'Days', 'Lists (hidden)', 'Gone'])
    expect(['Days', '', 'auto', undefined].map((name) => sheetSaid(sheetValue(name)))).toEqual([
      'Days',
      '',
      'auto',
      undefined,
    ])
  })
  it('is the same whatever was said first', () => {
    expect(sameSaid({ skip: 1, header: true }, { header: true, skip: 1 })).toBe(true)
    expect(sameSaid({ skip: 1 }, { skip: 2 })).toBe(false)
  })
})
