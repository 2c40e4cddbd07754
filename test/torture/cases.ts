/**
 * Files that nobody should have to read, one for each seed: deep, wide, long, cut, changed, lying about
 * their lengths. Each is either made from scratch to be hard, or a sound file that something happened to.
 */
import { gzipSync } from 'node:zlib'
import { Prng } from '../../src/main/platform/sim'

export const FORMATS = ['json', 'jsonl', 'csv', 'parquet', 'arrow'] as const
export type Format = (typeof FORMATS)[number]

export interface Case {
  readonly seed: number
  readonly format: Format
  /** What was done, in words. */
  readonly how: string
  /** With the ending that says what it should be. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** Sound files to begin with, of the formats that are not text. */
export type Bases = Readonly<Record<'parquet' | 'arrow', readonly [Uint8Array, ...Uint8Array[]]>>

type Made = readonly [how: string, bytes: Uint8Array]
type Make = (random: Prng) => Made

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** The same for the same seed and bases. */
export function caseOf(seed: number, bases: Bases): Case {
  const random = new Prng(seed)
  const format = random.pick(FORMATS)
  const [how, bytes] = made(format, random, bases)
  const packs = format !== 'parquet' && format !== 'arrow' && random.chance(0.05)
  const name = `case-${seed}.${format}${packs ? '.gz' : ''}`
  return { seed, format, how: packs ? `${how}, packed` : how, name, bytes: packs ? gzipSync(bytes) : bytes }
}

function made(format: Format, random: Prng, bases: Bases): Made {
  if (format === 'parquet' || format === 'arrow') return hurt(random, random.pick(bases[format]), format)
  const hard: readonly [Make, ...Make[]] = format === 'csv' ? HARD_CSV : HARD_JSON
  const [how, bytes] = random.chance(0.5) ? random.pick(hard)(random) : (['sound', soundText(format, random)] as const)
  if (how !== 'sound' && random.chance(0.7)) return [how, bytes]
  const [what, worse] = hurt(random, bytes, format)
  return [`${how}, ${what}`, worse]
}

const WORDS = [
  '',
  'a',
  'NULL',
  'nan',
  '-1',
  '1e999',
  '0x1F',
  '2026-02-30',
  '2026-03-01 10:00:00',
  'ä\u0301',
  '"',
  ',',
  '🦆',
  '\\u0000',
  '9223372036854775808',
] as const

function soundText(format: Format, random: Prng): Uint8Array {
  const columns = 1 + random.below(6)
  const rows = 1 + random.below(200)
  const value = (): string => random.pick(WORDS)
  if (format === 'csv') {
    const line = (cells: string[]): string =>
      cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
    const head = line(Array.from({ length: columns }, (_, i) => (i === 0 ? 'timestamp' : `c${i}`)))
    const body = Array.from({ length: rows }, (_, row) =>
      line(
        Array.from({ length: columns }, (__, i) =>
          i === 0 ? `2026-01-01 00:00:${String(row % 60).padStart(2, '0')}` : value(),
        ),
      ),
    )
    return text(`${[head, ...body].join('\n')}\n`)
  }
  const records = Array.from({ length: rows }, () =>
    Object.fromEntries(
      Array.from({ length: columns }, (_, i) => [
        i === 0 ? 'timestamp' : `c${i}`,
        i === 0 ? '2026-01-01T00:00:00Z' : random.pick<unknown>([1, null, true, value(), [1, 'x'], { a: { b: 2 } }]),
      ]),
    ),
  )
  return text(
    format === 'jsonl' ? `${records.map((record) => JSON.stringify(record)).join('\n')}\n` : JSON.stringify(records),
  )
}

/** From one to `most`, small ones as likely as large ones. */
function size(random: Prng, most: number): number {
  return Math.ceil(most ** (random.uint32() / 2 ** 32))
}

const HARD_JSON: readonly [Make, ...Make[]] = [
  (random) => {
    const depth = size(random, 100_000)
    const [open, close] = random.pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['[{"a":', '}]'],
      ['[1,', ']'],
    ])
    const ends = random.chance(0.8)
    return [
      `${depth} levels of ${open}${ends ? '' : ', not closed'}`,
      text(`${open.repeat(depth)}1${ends ? close.repeat(depth) : ''}\n`),
    ]
  },
  (random) => {
    const width = size(random, 5_000)
    const record = `{${Array.from({ length: width }, (_, i) => `"k${i}":${i}`).join(',')}}`
    return [`${width} keys`, text(`${record}\n${record}\n`)]
  },
  (random) => {
    const rows = size(random, 2_000)
    return [
      `${rows} records of other keys each`,
      text(Array.from({ length: rows }, (_, i) => `{"k${i}":{"x${i}":[${i}]}}\n`).join('')),
    ]
  },
  (random) => {
    const length = size(random, 20_000_000)
    return [
      `a text of ${length} bytes`,
      text(`{"a":"${random.pick(['x', '\\u0041', 'ä', '\\\\'] as const).repeat(length / 4)}"}\n`),
    ]
  },
  (random) => {
    const length = size(random, 100_000)
    return [
      `a number of ${length} digits`,
      text(`[{"a":${random.pick(['1', '-0.', '1e'] as const)}${'9'.repeat(length)}}]\n`),
    ]
  },
  (random) => {
    const length = size(random, 1_000_000)
    return [`an array of ${length} values`, text(`{"a":[${'1,'.repeat(length)}1]}\n`)]
  },
  () => ['nothing but white space', text(' \n\t\r\n'.repeat(5_000))],
  (random) => ['bytes of any kind', random.bytes(size(random, 50_000))],
]

const HARD_CSV: readonly [Make, ...Make[]] = [
  (random) => {
    const width = size(random, 5_000)
    return [`${width} columns`, text(`${'a,'.repeat(width)}b\n${'1,'.repeat(width)}2\n`)]
  },
  (random) => {
    const length = size(random, 20_000_000)
    return [`a line of ${length} bytes`, text(`a,b\n1,${'x'.repeat(length)}\n2,3\n`)]
  },
  (random) => {
    const length = size(random, 2_000_000)
    return [`a quote that is open for ${length} bytes`, text(`a,b\n1,"${'x\n'.repeat(length / 2)}`)]
  },
  (random) => {
    const length = size(random, 2_000_000)
    return [`${length} quotes`, text(`a,b\n${'"'.repeat(length)}\n`)]
  },
  (random) => {
    const rows = size(random, 5_000)
    return [
      `${rows} lines of any width`,
      text(Array.from({ length: rows }, () => `${'1,'.repeat(random.below(30))}2\n`).join('')),
    ]
  },
  (random) => {
    const rows = size(random, 5_000)
    return [
      `${rows} lines that end in any way`,
      text(Array.from({ length: rows }, () => `1,2${random.pick(['\n', '\r', '\r\n', '\n\r', '\u2028'])}`).join('')),
    ]
  },
  (random) => [
    `nothing but separators`,
    text(random.pick([',', ';', '|', '\t', '\n', '"', ' '] as const).repeat(size(random, 1_000_000))),
  ],
  (random) => ['bytes of any kind', random.bytes(size(random, 50_000))],
]

/** Something that happens to a file on its way. */
function hurt(random: Prng, sound: Uint8Array, format: Format): Made {
  const bytes = Uint8Array.from(sound)
  const view = new DataView(bytes.buffer)
  if (bytes.length < 16) return ['too short to hurt', bytes]
  // What is at the end of Parquet and Arrow files leads to everything else.
  const at = (room: number): number => {
    const last = bytes.length - room
    if (format === 'parquet' && random.chance(0.6)) return Math.max(0, last - random.below(Math.min(last, 1_500)))
    return random.below(last + 1)
  }
  switch (random.below(8)) {
    case 0: {
      const length = random.below(bytes.length)
      return [`cut at ${length} of ${bytes.length}`, bytes.subarray(0, length)]
    }
    case 1: {
      const from = random.below(bytes.length)
      const count = 1 + random.below(Math.min(64, bytes.length - from))
      return [
        `without ${count} bytes at ${from}`,
        Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + count)]),
      ]
    }
    case 2: {
      const flips = 1 + random.below(16)
      for (let i = 0; i < flips; i++) bytes[at(1)]! ^= 1 << random.below(8)
      return [`${flips} bits turned`, bytes]
    }
    case 3: {
      const place = at(4)
      const lie = random.pick([0, 1, 0x7fff_ffff, 0xffff_ffff, 0x8000_0000, bytes.length, bytes.length * 1_000])
      view.setUint32(place, lie, true)
      return [`${lie} for a length at ${place}`, bytes]
    }
    case 4: {
      const place = at(8)
      const lie = random.pick([0n, -1n, 2n ** 62n, 2n ** 32n, -(2n ** 63n)])
      view.setBigInt64(place, lie, true)
      return [`${lie} for a length at ${place}`, bytes]
    }
    case 5: {
      // Endless in thrift and in flatbuffers alike.
      const place = at(16)
      bytes.fill(random.pick([0xff, 0x80, 0x00, 0x1c, 0x19]), place, place + 1 + random.below(16))
      return [`one byte over and over at ${place}`, bytes]
    }
    case 6: {
      const count = 1 + random.below(Math.min(4_096, bytes.length))
      const from = random.below(bytes.length - count + 1)
      const to = at(count)
      bytes.copyWithin(to, from, from + count)
      return [`${count} bytes of ${from} at ${to}, too`, bytes]
    }
    default: {
      const more = random.bytes(1 + random.below(64))
      const place = at(1)
      return [
        `${more.length} bytes more at ${place}`,
        Buffer.concat([bytes.subarray(0, place), more, bytes.subarray(place)]),
      ]
    }
  }
}
