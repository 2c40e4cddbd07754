/**
 * Types of the columns of a text table, decided from all its rows: values of its beginning say what a column may
 * be, DuckDB looks whether every row fits, and what does not fit says what it is instead. Rows are looked at in
 * the order of the file, so that threads and machines change nothing.
 */
import { decide, type Decided, type Kind, type Rules, type Seen } from './column-kind'
import { countMisfits, findMisfits, type TypingContext } from './misfits'

export interface TypedColumn {
  /** SQL name of its text in `from`. */
  readonly sql: string
  readonly rules: Rules
  /** Of its first rows. */
  readonly sample: readonly Seen[]
  /** What somebody said it is. */
  readonly said: Kind | null
}

export interface Typed extends Decided {
  /** Of integers: some may have more digits than a double keeps. */
  readonly isLong: boolean
  /** Of a column that somebody said a type of: the first value that is none. */
  readonly misfit: Seen | null
}

const MOST_ROUNDS = 8

export async function typeColumns(
  context: TypingContext,
  columns: readonly TypedColumn[],
): Promise<{ readonly rows: number; readonly typed: readonly Typed[] }> {
  const evidence = columns.map(({ sample }) => [...sample])
  const decideAll = (): Decided[] => columns.map((column, index) => decideOne(column, evidence[index]!))
  let decided = withProof(columns, evidence, decideAll())
  let waiting = new Set(columns.keys())
  let rows = 0
  const long = new Set<number>()
  const misfits = new Map<number, Seen>()
  for (let round = 0; waiting.size > 0 || round === 0; round++) {
    const counts = await countMisfits(context, columns, decided, waiting)
    rows = counts.rows
    for (const index of counts.long) long.add(index)
    const failing = counts.failing
    if (failing.length === 0) break
    const before = decided.map(({ kind, nulls }) => JSON.stringify([kind, nulls]))
    for (const [index, found] of await findMisfits(context, columns, decided, failing)) {
      if (columns[index]!.said !== null) misfits.set(index, found[0]!)
      else evidence[index]!.push(...found)
    }
    decided = withProof(columns, evidence, decideAll())
    for (const index of failing) {
      const { kind, nulls } = decided[index]!
      const isStuck = round >= MOST_ROUNDS || before[index] === JSON.stringify([kind, nulls])
      if (isStuck && columns[index]!.said === null) {
        const seen = evidence[index]!.at(-1)!
        decided[index] = {
          kind: { is: 'text' },
          nulls: [],
          why: { seen, reason: 'is not what the others are', option: '--types' },
          remarks: [],
        }
      }
    }
    waiting = new Set(
      [...decided.keys()].filter(
        (index) =>
          !misfits.has(index) && JSON.stringify([decided[index]!.kind, decided[index]!.nulls]) !== before[index],
      ),
    )
  }
  const typed = decided.map((each, index) => ({
    ...each,
    isLong: each.kind.is === 'integer' && long.has(index),
    misfit: misfits.get(index) ?? null,
  }))
  return {
    rows,
    typed: typed.map((each, index) => (each.kind.is === 'unclear-day' ? unclear(each, evidence[index]!) : each)),
  }
}

function decideOne({ said, rules }: TypedColumn, evidence: readonly Seen[]): Decided {
  if (said === null) return decide(evidence, rules)
  const nulls = rules.nulls ?? ['']
  return { kind: said, nulls, why: null, remarks: [] }
}

/** A decimal comma that one column proves holds for the file. */
function withProof(
  columns: readonly TypedColumn[],
  evidence: readonly (readonly Seen[])[],
  decided: Decided[],
): Decided[] {
  const isProven = decided.some(({ kind }) => kind.is === 'fraction' && kind.decimal === ',')
  const isOpposed = decided.some(({ kind }) => kind.is === 'fraction' && kind.decimal === '.' && kind.group === ',')
  if (!isProven || isOpposed) return decided
  return columns.map((column, index) =>
    decideOne({ ...column, rules: { ...column.rules, provenDecimal: ',' } }, evidence[index]!),
  )
}

function unclear(typed: Typed, evidence: readonly Seen[]): Typed {
  const seen = evidence.find(({ text }) => !typed.nulls.includes(text))!
  const reason = 'may be day and month or month and day, and no value says which'
  return { ...typed, kind: { is: 'text' }, nulls: [], why: { seen, reason, option: '--timestamp-format' } }
}
