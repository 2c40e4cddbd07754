/** Many small files against git, and one large file against hashing and copying it. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PreparedContent } from '../src/main/pond'
import { interleaved, ratio, type Row, type Sample } from './measure'
import { LONG_RUNS, SMALL_FILES, SOME_RUNS } from './sizes'
import { git, newGit, newPond, pondCommand, temporary, text } from './world'

const FILES = 10_000
const BIG = 1 << 30

/** Milliseconds of adding and committing all below a folder. */
async function takenByGit(name: string, source: string): Promise<number> {
  const repository = await newGit(name)
  // Both have seen the files before they are timed.
  await git(['--work-tree', source, 'status', '-s'], repository)
  const started = performance.now()
  await git(['--work-tree', source, 'add', '.'], repository)
  await git(['--work-tree', source, 'commit', '-q', '-m', 'all'], repository)
  const took = performance.now() - started
  await rm(repository, { recursive: true })
  return took
}

export async function importSmall(): Promise<Row> {
  const source = await temporary('small')
  for (let i = 0; i < FILES; i++) {
    if (i % 100 === 0) await mkdir(join(source, `d${i / 100}`))
    await writeFile(join(source, `d${Math.floor(i / 100)}`, `f${i}`), text(i, 1024))
  }
  const samples = await interleaved(
    [
      {
        name: 'git add + commit',
        run: () => takenByGit('small', source),
      },
      {
        name: 'pond stage + commit',
        run: async () => {
          const { pond, folder } = await newPond('small')
          const started = performance.now()
          const prepared: { path: string; content: PreparedContent }[] = []
          for (const directory of await readdir(source)) {
            for (const name of await readdir(join(source, directory))) {
              prepared.push({
                path: `/${directory}/${name}`,
                content: await pond.prepare([await readFile(join(source, directory, name))]),
              })
            }
          }
          await pond.stage(async (fs) => {
            for (const { path, content } of prepared) await fs.put(path, content, { parents: true })
          })
          await pond.commit({ message: 'all' })
          const took = performance.now() - started
          await pond.close()
          await rm(folder, { recursive: true })
          return took
        },
      },
    ],
    SOME_RUNS,
  )
  const [theirs, ours] = samples as [Sample, Sample]
  return {
    workload: `import of ${FILES.toLocaleString('en')} files of 1 KiB, one commit`,
    samples,
    verdict: ratio(ours, theirs, 1),
  }
}

/** As a script would: each in a process of its own. */
export async function importMany(): Promise<Row> {
  const source = await temporary('many')
  for (let i = 0; i < SMALL_FILES; i++) {
    const directory = join(source, `d${Math.floor(i / 1_000)}`)
    if (i % 1_000 === 0) await mkdir(directory)
    await writeFile(join(directory, `f${i}`), text(i, 1_024))
  }
  const samples = await interleaved(
    [
      {
        name: 'git add, then git commit',
        run: () => takenByGit('many', source),
      },
      {
        name: 'pond copy, then pond commit',
        run: async () => {
          const { pond, folder } = await newPond('many')
          await pond.close()
          const started = performance.now()
          await pondCommand(['--pond', folder, 'copy', `host://${source}`, '/'], source)
          await pondCommand(['--pond', folder, 'commit', '-m', 'all'], source)
          const took = performance.now() - started
          await rm(folder, { recursive: true })
          return took
        },
      },
    ],
    LONG_RUNS,
  )
  const [theirs, ours] = samples as [Sample, Sample]
  return {
    workload: `copying in ${SMALL_FILES.toLocaleString('en')} files of 1 KiB of this machine, one commit`,
    samples,
    verdict: ratio(ours, theirs, 1.5),
  }
}

export async function importBig(): Promise<Row> {
  const source = join(await temporary('big'), 'big')
  const file = await open(source, 'w')
  const block = Buffer.alloc(1 << 20)
  for (let i = 0; i < BIG / block.length; i++) {
    block.writeUInt32LE(i, 0)
    await file.write(block)
  }
  await file.close()
  const chunks = (): AsyncIterable<Uint8Array> => createReadStream(source, { highWaterMark: 256 * 1024 })
  const samples = await interleaved(
    [
      {
        name: 'SHA-256, then one durable copy',
        run: async () => {
          const hash = createHash('sha256')
          for await (const chunk of chunks()) hash.update(chunk)
          const copy = await open(`${source}.copy`, 'w')
          for await (const chunk of chunks()) await copy.write(chunk)
          await copy.sync()
          await copy.close()
          await rm(`${source}.copy`)
        },
      },
      {
        name: 'pond stage + commit',
        run: async () => {
          const { pond, folder } = await newPond('big')
          const started = performance.now()
          const content = await pond.prepare(chunks())
          await pond.stage((fs) => fs.put('/big', content))
          await pond.commit({ message: 'big' })
          const took = performance.now() - started
          await pond.close()
          await rm(folder, { recursive: true })
          return took
        },
      },
    ],
    SOME_RUNS,
  )
  const [floor, ours] = samples as [Sample, Sample]
  const speed = floor.medianMs / ours.medianMs
  return {
    workload: 'import of one file of 1 GiB',
    samples,
    verdict: { measured: `${speed.toFixed(2)}x the floor's speed`, target: '>= 0.7x', met: speed >= 0.7 },
  }
}
