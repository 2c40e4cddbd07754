/** Sets of sequence numbers as sorted, inclusive ranges: compact in a journal frame. */
export type Range = readonly [first: number, last: number]

export function toRanges(numbers: ReadonlySet<number>): Range[] {
  const ranges: [number, number][] = []
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === n - 1) last[1] = n
    else ranges.push([n, n])
  }
  return ranges
}

export function fromRanges(ranges: readonly Range[]): Set<number> {
  const numbers = new Set<number>()
  for (const [first, last] of ranges) for (let n = first; n <= last; n++) numbers.add(n)
  return numbers
}
