/** A thousand commits of one file each, by a script: `pond batch` against git, both durable. */
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { interleaved, ratio, type Row, type Sample } from './measure'
import { LONG_RUNS } from './sizes'
import { git, newGit, newPond, POND, reopen, temporary, text } from './world'

const COMMITS = 1_000
const BYTES = 1_024

export async function batchCommits(): Promise<Row> {
  const source = await temporary('source')
  for (let i = 0; i < COMMITS; i++) await writeFile(join(source, `f${i}.csv`), text(i, BYTES))
  const samples = await interleaved(
    [
      {
        name: '1,000 x git add + commit',
        run: async () => {
          const repository = await newGit('batch')
          for (let i = 0; i < COMMITS; i++) await writeFile(join(repository, `f${i}.csv`), text(i, BYTES))
          const started = performance.now()
          for (let i = 0; i < COMMITS; i++) {
            await git(['add', `f${i}.csv`], repository)
            await git(['commit', '-q', '-m', `file ${i}`], repository)
          }
          return performance.now() - started
        },
      },
      {
        name: 'pond batch, from the start of its process',
        run: async () => {
          const { pond, folder } = await newPond('batch')
          await pond.close()
          const started = performance.now()
          await batch(folder, source)
          const took = performance.now() - started
          await mustHaveCommitted(folder)
          return took
        },
      },
    ],
    LONG_RUNS,
  )
  const [theirs, ours] = samples as [Sample, Sample]
  return { workload: '1,000 commits of one file each, by a script', samples, verdict: ratio(ours, theirs, 0.5) }
}

function batch(pondFolder: string, source: string): Promise<void> {
  const lines = Array.from({ length: COMMITS }, (_, i) => `copy host:f${i}.csv / -m "file ${i}"\n`)
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [POND, '--pond', pondFolder, 'batch'], {
      cwd: source,
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`pond batch ended with ${code}`))))
    child.stdin.end(lines.join(''))
  })
}

/** A batch that did less would be fast, too. */
async function mustHaveCommitted(folder: string): Promise<void> {
  const pond = await reopen(folder)
  const { version } = await pond.status()
  await pond.close()
  if (version !== COMMITS) throw new Error(`expected ${COMMITS} versions, found ${version}`)
}
