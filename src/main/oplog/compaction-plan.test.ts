import { describe, expect, it } from 'vitest'
import { BLOCKS_TAG, BlockChecksums } from './log/checksum'
import { planCompaction } from './compaction-plan'
import { liveFile, type LiveFile } from './state/state'

let next = 0
const checksums = new BlockChecksums()
checksums.update(new Uint8Array(10))
const tags = { [BLOCKS_TAG]: checksums.toTag() }

/** A file of ours, of any size: a plan asks only whether it has checksums. */
function file(size: number): LiveFile {
  next++
  const ours = { path: `${next}.parquet`, partitionValues: {}, modificationTime: next, dataChange: true, stats: null }
  return { ...liveFile({ ...ours, size: 10, tags }), size }
}

/** Commits files of one size, merging whenever it is due; what merging saves is `ratio`. */
function simulate(commits: number, size: number, ratio: number) {
  let live: LiveFile[] = []
  let rewrittenBytes = 0
  let mostSmall = 0
  for (let commit = 0; commit < commits; commit++) {
    live.push(file(size))
    for (let plan = planCompaction(live); plan.length > 0; plan = planCompaction(live)) {
      const bytes = plan.reduce((sum, each) => sum + each.size, 0)
      rewrittenBytes += bytes
      live = [...live.filter((each) => !plan.includes(each)), file(Math.max(1, Math.round(bytes * ratio)))]
    }
    mostSmall = Math.max(mostSmall, live.filter((each) => each.size < 4 * 1024 * 1024).length)
  }
  return { mostSmall, rewrites: rewrittenBytes / (commits * size), live: live.length }
}

describe('the plan of a compaction', () => {
  it('keeps fewer than a hundred small files, and rewrites a row a few times in its life', () => {
    for (const { size, ratio } of [
      { size: 2_500, ratio: 0.3 },
      { size: 2_500, ratio: 1 },
      { size: 60_000, ratio: 1 },
      { size: 300_000, ratio: 0.9 },
    ]) {
      const { mostSmall, rewrites } = simulate(3_000, size, ratio)
      expect(mostSmall).toBeLessThan(100)
      expect(rewrites).toBeLessThan(12)
    }
  })

  it('leaves large files and those of other engines alone', () => {
    const large = Array.from({ length: 200 }, () => ({ ...file(10), size: 9 * 1024 * 1024 }))
    const foreign = Array.from({ length: 200 }, () => ({ ...file(10), checksums: undefined }))
    expect(planCompaction([...large, ...foreign])).toEqual([])
  })

  it('takes the oldest files first', () => {
    const files = Array.from({ length: 40 }, () => file(100))
    expect(planCompaction(files.toReversed())).toEqual(files)
  })
})
