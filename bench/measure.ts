/**
 * Measuring: subjects of one workload run in turns, so that what the machine does meanwhile hits all
 * alike, and every figure stands beside its peer or floor of the same run.
 */
export interface Subject {
  readonly name: string
  /** One run; what it returns (milliseconds) counts instead of its duration, where part of it is set-up. */
  readonly run: (turn: number) => Promise<number | void>
}

export interface Sample {
  readonly name: string
  readonly medianMs: number
  readonly p95Ms: number
  readonly runs: number
}

export interface Row {
  readonly workload: string
  /** What the samples count, where it is not milliseconds. */
  readonly unit?: 'MB'
  readonly samples: readonly Sample[]
  /** What is judged: a ratio to the peer or floor, or a number of its own. */
  readonly verdict: { readonly measured: string; readonly target: string; readonly met: boolean }
}

export async function interleaved(subjects: readonly Subject[], runs: number): Promise<Sample[]> {
  const times = subjects.map((): number[] => [])
  for (let turn = 0; turn < runs; turn++) {
    for (const [i, subject] of subjects.entries()) {
      const started = performance.now()
      const own = await subject.run(turn)
      times[i]?.push(typeof own === 'number' ? own : performance.now() - started)
    }
  }
  return subjects.map(({ name }, i) => sample(name, times[i] as number[]))
}

export function sample(name: string, times: readonly number[]): Sample {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number
  return { name, medianMs: at(0.5), p95Ms: at(0.95), runs: times.length }
}

export function ms(value: number): string {
  return value >= 1000
    ? `${(value / 1000).toFixed(2)} s`
    : value >= 10
      ? `${value.toFixed(0)} ms`
      : `${value.toFixed(2)} ms`
}

/** A verdict "ours is at most `limit` times the other". */
export function ratio(ours: Sample, other: Sample, limit: number): Row['verdict'] {
  const value = ours.medianMs / other.medianMs
  return { measured: `${value.toFixed(2)}x ${other.name}`, target: `<= ${limit}x`, met: value <= limit }
}

/** A verdict "ours is at most `limit` milliseconds more than the other". */
export function over(ours: Sample, other: Sample, limit: number): Row['verdict'] {
  const value = ours.medianMs - other.medianMs
  return { measured: `${ms(value)} over ${other.name}`, target: `<= ${limit} ms over`, met: value <= limit }
}
