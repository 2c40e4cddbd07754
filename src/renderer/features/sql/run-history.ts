/** What was run in a pond, newest first, the same text once. Kept in the page's storage. */

export interface PastRun {
  readonly sql: string
  /** Milliseconds since 1970. */
  readonly when: number
  readonly rows: number | null
  readonly ms: number
  readonly failed: boolean
}

const KEEP = 100
const LONGEST = 20_000

export function withRun(history: readonly PastRun[], run: PastRun): readonly PastRun[] {
  if (run.sql.length > LONGEST) return history
  return [run, ...history.filter((past) => past.sql !== run.sql)].slice(0, KEEP)
}

/** Two of one pond as one: another page may have run something meanwhile. */
export function united(one: readonly PastRun[], other: readonly PastRun[]): readonly PastRun[] {
  const newest = [...one, ...other].toSorted((a, b) => b.when - a.when)
  const seen = new Set<string>()
  return newest.filter(({ sql }) => seen.size < seen.add(sql).size).slice(0, KEEP)
}

const keyOf = (pondId: string): string => `duckpond.sql-history.${pondId}`

export function readHistory(pondId: string): readonly PastRun[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(pondId)) ?? '[]')
    if (!Array.isArray(stored)) return []
    return (stored as readonly Partial<PastRun>[]).filter(
      (run): run is PastRun => typeof run.sql === 'string' && typeof run.when === 'number',
    )
  } catch {
    return []
  }
}

export function writeHistory(pondId: string, history: readonly PastRun[]): void {
  try {
    localStorage.setItem(keyOf(pondId), JSON.stringify(history))
  } catch {
    // A full storage forgets runs; it must not stop one.
  }
}
