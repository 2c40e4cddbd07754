/** Looking at a pond of 10,000 entries by commands of their own, against `git status` of as many files. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { interleaved, ms, type Row, type Sample } from './measure'
import { git, newGit, newPond, node, pondCommand, text } from './world'

const ENTRIES = 10_000
const PER_DIRECTORY = 100
const PENDING = 10
const RUNS = 9
const LIMIT_MS = 150

const pathOf = (i: number): string => `d${Math.floor(i / PER_DIRECTORY)}/f${i}`

export async function lookCold(): Promise<Row> {
  const { pond, folder } = await newPond('look')
  const put = async (from: number, to: number, bytes: number): Promise<void> => {
    await pond.stage(async (fs) => {
      for (let i = from; i < to; i++)
        await fs.put(`/${pathOf(i)}`, await pond.prepare([text(i, bytes)]), { parents: true, replace: true })
    })
  }
  await put(0, ENTRIES, 1_000)
  await pond.commit({ message: 'all' })
  await put(0, PENDING, 900)
  await pond.close()
  const repository = await newGit('look')
  for (let i = 0; i < ENTRIES; i++) {
    if (i % PER_DIRECTORY === 0) await mkdir(join(repository, `d${i / PER_DIRECTORY}`))
    await writeFile(join(repository, pathOf(i)), text(i, 1_000))
  }
  await git(['add', '.'], repository)
  await git(['commit', '-q', '-m', 'all'], repository)
  for (let i = 0; i < PENDING; i++) await writeFile(join(repository, pathOf(i)), text(i, 900))
  const cold = (...args: readonly string[]) => ({
    name: `pond ${args.join(' ')}`,
    run: async () => void (await pondCommand(['--pond', folder, ...args], folder)),
  })
  const samples = await interleaved(
    [
      { name: 'bare node', run: async () => void (await node(['-e', '0'], folder)) },
      cold('list', '/'),
      cold('list', '/d7'),
      cold('status'),
      { name: 'git status', run: async () => void (await git(['status'], repository)) },
    ],
    RUNS,
  )
  const [bare, ...ours] = samples.slice(0, -1) as [Sample, ...Sample[]]
  const over = ours.map(({ medianMs }) => medianMs - bare.medianMs)
  return {
    workload: 'a listing and the status of 10,000 entries through the command line, cold',
    samples,
    verdict: {
      measured: `${over.map(ms).join(', ')} over bare node`,
      target: `<= ${LIMIT_MS} ms over`,
      met: Math.max(...over) <= LIMIT_MS,
    },
  }
}
