/** Histories that chance makes of a pond, and beside each moment of them what was put there, kept by nothing of ours. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import type { TestPond } from '../query/pond'

/** A reading; its time in hours from `START`. */
export interface Reading {
  readonly hours: number | null
  readonly level: number | null
  readonly n: number | null
  readonly ph: number | null
}

/** What was appended at once. */
export interface Part {
  readonly rows: readonly Reading[]
  /** Whether `n` has fractions. */
  readonly isFractional: boolean
  /** Whether it has a column `note`. */
  readonly hasNotes: boolean
}

/** What a moment holds. */
export interface State {
  /** Series by the letter that they are called by. */
  readonly series: ReadonlyMap<Letter, readonly Part[]>
  /** A number that the recipes have among their variables. */
  readonly least: number
}

export const LETTERS = ['a', 'b', 'c'] as const
export type Letter = (typeof LETTERS)[number]

export type Step =
  | { readonly kind: 'append'; readonly to: Letter; readonly part: Part }
  | { readonly kind: 'commit' | 'clear' | 'reopen' }
  | { readonly kind: 'delete'; readonly letter: Letter }
  | { readonly kind: 'move'; readonly from: Letter; readonly to: Letter }
  | { readonly kind: 'restore'; readonly back: number; readonly path: '/raw' | null }
  | { readonly kind: 'edit'; readonly least: number }

/** Hours over two years, with many of them near each other, and some rows without a time or a value. */
const hours = fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1_530, max: 1_560 }))
// Eighths add up to the same in any order; sevenths do not, and are of one sign. None of these is a whole number.
const level = fc.integer({ min: -1_000, max: 1_000 }).map((n) => n / 8)
const count = fc.integer({ min: -1_000, max: 1_000 })
const ph = fc.integer({ min: 1, max: 83 }).map((n) => (n + Math.floor((n - 1) / 6)) / 7)
const maybe = <T>(value: fc.Arbitrary<T>, freq = 5): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq })
// A column without a value would be none of numbers.
const whole: fc.Arbitrary<Reading> = fc.record({ hours, level, n: count, ph })
const reading = fc.record({ hours: maybe(hours, 8), level: maybe(level), n: maybe(count), ph: maybe(ph) })
export const part: fc.Arbitrary<Part> = fc.record({
  rows: fc.tuple(whole, fc.array(reading, { maxLength: 20 })).map(([first, others]) => [first, ...others]),
  isFractional: fc.boolean(),
  hasNotes: fc.boolean(),
})
const letter = fc.constantFrom(...LETTERS)
const kind = <K extends Step['kind']>(...kinds: K[]): { kind: fc.Arbitrary<K> } => ({ kind: fc.constantFrom(...kinds) })

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ...kind('append'), to: letter, part }) },
  { weight: 3, arbitrary: fc.record(kind('commit', 'clear', 'reopen')) },
  { weight: 1, arbitrary: fc.record({ ...kind('delete'), letter }) },
  { weight: 2, arbitrary: fc.record({ ...kind('move'), from: letter, to: letter }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...kind('restore'),
      back: fc.integer({ min: 0, max: 3 }),
      path: fc.constantFrom('/raw' as const, null),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ...kind('edit'), least: fc.integer({ min: -100, max: 100 }) }) },
)

export const pathOf = (letter: Letter): string => `/raw/${letter}.series`

const START = Date.UTC(2025, 0, 1)

export function csvOf({ rows, isFractional, hasNotes }: Part): string {
  const lines = rows.map(({ hours, level, n, ph }, i) => {
    const at = hours === null ? '' : new Date(START + hours * 3_600_000).toISOString()
    const number = n === null ? '' : isFractional ? `${n}.5` : `${n}`
    const note = hasNotes ? [i % 3 === 1 ? '' : `note ${i % 4}`] : []
    return [at, level?.toFixed(3) ?? '', number, ph ?? '', ...note].join()
  })
  return `timestamp,level,n,ph${hasNotes ? ',note' : ''}\n${lines.join('\n')}\n`
}

/** A pond with its history; version 1 has the recipes, and a series of each letter. */
export class History {
  readonly test: TestPond
  readonly #recipes: (least: number) => Readonly<Record<string, string>>
  readonly #versions: State[] = []
  #now: State = { series: new Map(), least: 0 }

  private constructor(test: TestPond, recipes: (least: number) => Readonly<Record<string, string>>) {
    this.test = test
    this.#recipes = recipes
  }

  static async begin(
    test: TestPond,
    recipes: (least: number) => Readonly<Record<string, string>>,
    first: readonly Part[],
  ): Promise<History> {
    const history = new History(test, recipes)
    await test.pond.stage((fs) => fs.createDirectory('/raw'))
    await history.#write(0)
    for (const [i, letter] of LETTERS.entries()) await history.perform({ kind: 'append', to: letter, part: first[i]! })
    await history.perform({ kind: 'commit' })
    return history
  }

  /** Each moment with what it holds, by what it is called; `pending` is the last. */
  moments(): readonly (readonly [at: string, state: State])[] {
    return [...this.#versions.map((state, i) => [String(i + 1), state] as const), ['pending', this.#now]]
  }

  async clearCache(): Promise<void> {
    await rm(join(this.test.folder, 'cache/derived'), { recursive: true, force: true })
  }

  /** What cannot be done leaves all as it is. */
  async perform(step: Step): Promise<void> {
    const { pond } = this.test
    const { series } = this.#now
    switch (step.kind) {
      case 'append': {
        await pond.appendSeries(pathOf(step.to), [Buffer.from(csvOf(step.part))])
        this.#hold(step.to, [...(series.get(step.to) ?? []), step.part])
        return
      }
      case 'delete':
        if (!series.has(step.letter)) return
        await pond.stage((fs) => fs.remove(pathOf(step.letter)))
        return this.#hold(step.letter, undefined)
      case 'move': {
        const moved = series.get(step.from)
        if (moved === undefined || series.has(step.to)) return
        await pond.stage((fs) => fs.rename(pathOf(step.from), pathOf(step.to)))
        this.#hold(step.from, undefined)
        return this.#hold(step.to, moved)
      }
      case 'restore': {
        const at = Math.max(1, this.#versions.length - step.back)
        await pond.restore(step.path, String(at))
        const then = this.#versions[at - 1]!
        this.#now = step.path === null ? then : { ...this.#now, series: then.series }
        return
      }
      case 'edit':
        await this.#write(step.least)
        this.#now = { ...this.#now, least: step.least }
        return
      case 'clear':
        return this.clearCache()
      case 'reopen':
        return this.test.reopen()
      case 'commit': {
        const { version } = await pond.status()
        await pond.commit({ message: 'so far' })
        // Nothing may be pending.
        if ((await pond.status()).version > version) this.#versions.push(this.#now)
      }
    }
  }

  #hold(letter: Letter, parts: readonly Part[] | undefined): void {
    const series = new Map(this.#now.series)
    if (parts === undefined) series.delete(letter)
    else series.set(letter, parts)
    this.#now = { ...this.#now, series }
  }

  async #write(least: number): Promise<void> {
    const { pond } = this.test
    for (const [path, text] of Object.entries(this.#recipes(least))) {
      const content = await pond.prepare([Buffer.from(text)])
      await pond.stage((fs) => fs.put(path, content, { replace: true }))
    }
  }
}
