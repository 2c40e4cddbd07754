/** Sorting very many things without holding the event loop: short runs are sorted, then merged. Stable. */
import type { Pace } from './pace'

/** Things sorted at once. */
const RUN = 2_048
/** Things merged between two looks at the clock, which costs more than a comparison. */
const LOOK = 512

/** A new array in the order of `compare`, as `toSorted` gives it. */
export async function pacedSort<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  pace: Pace,
): Promise<readonly T[]> {
  if (items.length <= RUN) return items.toSorted(compare)
  let runs: (readonly T[])[] = []
  for (let start = 0; start < items.length; start += RUN) {
    if (pace.due) await pace.rest()
    runs.push(items.slice(start, start + RUN).sort(compare))
  }
  while (runs.length > 1) {
    const longer: (readonly T[])[] = []
    for (let i = 0; i < runs.length; i += 2) {
      const [low, high] = [runs[i]!, runs[i + 1]]
      longer.push(high === undefined ? low : await merge(low, high, { compare, pace }))
    }
    runs = longer
  }
  return runs[0]!
}

async function merge<T>(
  low: readonly T[],
  high: readonly T[],
  { compare, pace }: { readonly compare: (a: T, b: T) => number; readonly pace: Pace },
): Promise<readonly T[]> {
  const merged: T[] = []
  for (let l = 0, h = 0; l < low.length || h < high.length;) {
    if (merged.length % LOOK === 0 && pace.due) await pace.rest()
    const fromLow = h === high.length || (l < low.length && compare(low[l]!, high[h]!) <= 0)
    merged.push(fromLow ? low[l++]! : high[h++]!)
  }
  return merged
}
