/** One small file, durably: in a warm engine against the bare syncs, and through the command line against git. */
import { open, link, mkdir, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { interleaved, over, ratio, type Row, type Sample } from './measure'
import { git, newGit, newPond, node, pondCommand, temporary, text } from './world'

const RUNS = 60
const CLI_RUNS = 9

export async function commitWarm(): Promise<Row> {
  const { pond } = await newPond('commit')
  const floor = await temporary('floor')
  await mkdir(join(floor, 'log'))
  const samples = await interleaved(
    [
      { name: 'the bare syncs', run: (turn) => skeleton(floor, turn) },
      {
        name: 'pond, engine warm',
        run: async (turn) => {
          const content = await pond.prepare([text(turn, 1024)])
          await pond.stage((fs) => fs.put('/file', content, { replace: true }))
          await pond.commit({ message: `${turn}` })
        },
      },
    ],
    RUNS,
  )
  await pond.close()
  const [bare, ours] = samples as [Sample, Sample]
  const verdict = ratio(ours, bare, 10)
  return {
    workload: 'one small file, staged and committed durably, engine warm',
    samples,
    verdict: { ...verdict, target: 'p50 <= 10 ms and <= 10x', met: verdict.met && ours.medianMs <= 10 },
  }
}

/** What a stage and a commit cannot do without: the journal, the intent, the data file, the log entry, the new journal. */
async function skeleton(folder: string, turn: number): Promise<void> {
  const write = async (name: string, bytes: number): Promise<void> => {
    const file = await open(join(folder, name), 'a')
    await file.write(Buffer.alloc(bytes, 1))
    await file.sync()
    await file.close()
  }
  const sync = async (name: string): Promise<void> => {
    const handle = await open(join(folder, name), 'r')
    await handle.sync()
    await handle.close()
  }
  await write('journal', 1400)
  await write('journal', 200)
  await write(`data-${turn}`, 4096)
  await sync('.')
  await write(`log/.${turn}.tmp`, 1024)
  await link(join(folder, `log/.${turn}.tmp`), join(folder, `log/${turn}`))
  await sync('log')
  await write(`journal-${turn}`, 200)
  await sync('.')
  await unlink(join(folder, `log/.${turn}.tmp`))
}

export async function commitCold(): Promise<Row> {
  const { pond, folder } = await newPond('cli')
  await pond.close()
  const repository = await newGit('cli')
  const source = await temporary('source')
  const samples = await interleaved(
    [
      { name: 'bare node', run: async () => void (await node(['-e', '0'], source)) },
      {
        name: 'pond copy -m',
        run: async (turn) => {
          const file = join(source, `f${turn}.csv`)
          await writeFile(file, text(turn, 1024))
          const started = performance.now()
          await pondCommand(['--pond', folder, 'copy', `host://${file}`, '/', '-m', 'one'], source)
          return performance.now() - started
        },
      },
      {
        name: 'git add + commit',
        run: async (turn) => {
          await writeFile(join(repository, `f${turn}`), text(turn, 1024))
          const started = performance.now()
          await git(['add', `f${turn}`], repository)
          await git(['commit', '-q', '-m', 'one'], repository)
          return performance.now() - started
        },
      },
    ],
    CLI_RUNS,
  )
  const [bare, ours] = samples as [Sample, Sample]
  return { workload: 'the same through the command line, cold', samples, verdict: over(ours, bare, 250) }
}
