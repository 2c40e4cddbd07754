/**
 * Which live files to merge next. Files are sorted into tiers by size, each tier eight times the one
 * below; a tier that is full is merged into one file of about the next tier. So a row is rewritten
 * once per tier, and there are never many small files.
 */
import type { LiveFile } from './state/state'

const LOWEST_TIER_BYTES = 64 * 1024
const TIER_RATIO = 8
/** A file of this size stays as it is. */
const FULL_BYTES = 8 * 1024 * 1024

/** Files in a tier that make it full. The lowest may hold more, because merging tiny files gains little. */
const LOWEST_TIER_FILES = 16
const TIER_FILES = 12
/** Merged at once, at most. */
const MERGE_FILES = 128
const MERGE_BYTES = 128 * 1024 * 1024

/** Files to merge, oldest first; empty when nothing is due. */
export function planCompaction(files: Iterable<LiveFile>): readonly LiveFile[] {
  const tiers = new Map<number, LiveFile[]>()
  for (const file of files) {
    // Only of our own files is it known that their rows are in order.
    if (file.checksums === undefined || file.size >= FULL_BYTES) continue
    const tier = tierOf(file.size)
    tiers.set(tier, [...(tiers.get(tier) ?? []), file])
  }
  const full = [...tiers].filter(([tier, members]) => members.length >= (tier === 0 ? LOWEST_TIER_FILES : TIER_FILES))
  if (full.length === 0) return []
  const [, members] = full.reduce((lowest, candidate) => (candidate[0] < lowest[0] ? candidate : lowest))
  const oldestFirst = members.toSorted((a, b) => a.add.modificationTime - b.add.modificationTime)
  const chosen: LiveFile[] = []
  let bytes = 0
  for (const file of oldestFirst.slice(0, MERGE_FILES)) {
    bytes += file.size
    if (chosen.length > 1 && bytes > MERGE_BYTES) break
    chosen.push(file)
  }
  return chosen
}

function tierOf(size: number): number {
  let tier = 0
  for (let limit = LOWEST_TIER_BYTES; size >= limit; limit *= TIER_RATIO) tier++
  return tier
}
