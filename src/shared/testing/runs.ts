/**
 * How often a property is tried. Tests that are run all day try a third of what `.ci/run` tries, by
 * `POND_RUNS=1`; what a property shows is the same, and its examples are others each time.
 */
const SHARE = Number(process.env['POND_RUNS'] ?? 1 / 3)

/** The share of `count`, which is what the long form tries. */
export function runs(count: number): number {
  return Math.ceil(count * SHARE)
}

/** The step through every place of something, which the long form takes by `step`. */
export function steps(step: number): number {
  return Math.round(step / SHARE)
}
