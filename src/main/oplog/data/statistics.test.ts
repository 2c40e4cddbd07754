import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareUtf8 } from '../../../shared/path'
import { StatisticsBuilder, readStatistics, truncateMax, truncateMin } from './statistics'
import { anyRow } from '../testing/ledger'
import { isoMillis } from '../log/timestamp'

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('a', '\u007f', 'é', '\uffff', '\ue000', '😀', '\u{10ffff}'),
    fc.string({ maxLength: 1 }),
  ),
  maxLength: 80,
})

describe('the bounds of a text', () => {
  it('hold the text, are at most 33 characters long and never end in half a character', () => {
    fc.assert(
      fc.property(text, (value) => {
        const min = truncateMin(value)
        const max = truncateMax(value)
        expect(compareUtf8(min, value)).toBeLessThanOrEqual(0)
        if (max !== undefined) expect(compareUtf8(max, value)).toBeGreaterThanOrEqual(0)
        for (const bound of [min, max ?? '']) {
          expect(bound.isWellFormed()).toBe(true)
          expect(Array.from(bound).length).toBeLessThanOrEqual(33)
        }
      }),
    )
  })

  it('are the text itself where it is short', () => {
    expect([truncateMin('directory'), truncateMax('directory')]).toEqual(['directory', 'directory'])
  })

  it('count a pair of surrogates as one character', () => {
    const value = '😀'.repeat(33)
    expect(truncateMin(value)).toBe('😀'.repeat(32))
    expect(truncateMax(value)).toBe(`${'😀'.repeat(32)}\u{10ffff}`)
  })

  it('leave a maximum out that nothing of this length is above', () => {
    expect(truncateMax('\u{10ffff}'.repeat(33))).toBeUndefined()
  })
})

describe('the statistics of a file', () => {
  it('contain every value of every row', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 20 }), (rows) => {
        const builder = new StatisticsBuilder()
        builder.add(rows.map((row, index) => ({ ...row, txnSeq: index })))
        const json = builder.toJson()
        const { minValues, maxValues, nullCount, numRecords } = JSON.parse(json) as Record<
          string,
          Record<string, unknown>
        >
        expect(numRecords).toBe(rows.length)
        expect(Object.keys({ ...minValues, ...maxValues, ...nullCount })).not.toContain('content')
        expect(nullCount!['size']).toBe(rows.filter(({ size }) => size === null).length)
        for (const { partId, timestamp } of rows) {
          expect(compareUtf8(String(minValues!['part_id']), partId)).toBeLessThanOrEqual(0)
          expect(compareUtf8(String(maxValues!['part_id']), partId)).toBeGreaterThanOrEqual(0)
          expect(Date.parse(String(minValues!['timestamp'])) * 1000).toBeLessThanOrEqual(timestamp)
          expect(Date.parse(String(maxValues!['timestamp'])) * 1000).toBeGreaterThanOrEqual(timestamp)
        }
        expect(readStatistics(json)).toMatchObject({
          rows: rows.length,
          bounds: { minTxnSeq: 0, maxTxnSeq: rows.length - 1 },
        })
      }),
    )
  })

  it('say nothing where they cannot be read', () => {
    for (const damaged of [null, '', '{', '[]', 'null', '{"minValues":3}']) {
      expect(readStatistics(damaged).bounds.minPartId).toBeNull()
    }
  })
})

describe('an instant in text', () => {
  it('is what the platform writes, in every year from 0 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
        expect(isoMillis(ms)).toBe(new Date(ms).toISOString())
      }),
    )
  })

  it('is left out beyond', () => {
    expect([isoMillis(-62_167_219_200_001), isoMillis(253_402_300_800_000)]).toEqual([undefined, undefined])
  })
})
