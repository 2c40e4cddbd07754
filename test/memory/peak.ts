/** Resident memory of work in a process of its own: what it had before, and its peak. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Bytes of resident memory that any work on a pond may take over the baseline. */
export const LIMIT = 300e6

export interface Peak<T> {
  /** What the script has to say. */
  readonly result: T
  /** Bytes resident before the work, once everything that it needs was loaded and used. */
  readonly baseline: number
  /** Bytes resident at most, from the start of the process on. */
  readonly peak: number
}

/** Runs a script of this folder to its end, and returns what it prints. */
export async function run(script: string, ...args: readonly string[]): Promise<string> {
  const file = join(import.meta.dirname, `${script}.ts`)
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file, ...args], {
    maxBuffer: 1 << 26,
  })
  return stdout
}

/** As `run`, of a script that is `measured`. */
export async function peakOf<T>(script: string, ...args: readonly string[]): Promise<Peak<T>> {
  // What `measured` of the same script prints.
  return JSON.parse(await run(script, ...args)) as Peak<T>
}

/**
 * What a script does: `prepare` loads and warms, `work` is measured. Both get a temporary folder, removed
 * afterwards.
 */
export async function measured<P, T>(steps: {
  readonly prepare: (folder: string) => Promise<P>
  readonly work: (prepared: P, folder: string) => Promise<T>
}): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pond-memory-'))
  try {
    const prepared = await steps.prepare(folder)
    const baseline = process.memoryUsage.rss()
    const result = await steps.work(prepared, folder)
    const told: Peak<T> = { result, baseline, peak: process.resourceUsage().maxRSS * 1024 }
    process.stdout.write(`${JSON.stringify(told)}\n`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
