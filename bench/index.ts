/**
 * `npm run bench [-- part of a name]`: every workload, a table on stdout, JSON in test-results/bench.json.
 * Timings are shown, never tested: the exit status says only whether the workloads ran.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { batchCommits } from './batch'
import { commitCold, commitWarm } from './commit'
import { eventLoopDelay } from './event-loop'
import { importBig, importSmall } from './import'
import { ms, type Row } from './measure'
import { openAfterManyCommits } from './open'
import { sqlOverOplog } from './sql'
import { cleanUp } from './world'

const WORKLOADS: readonly (readonly [name: string, run: () => Promise<Row>])[] = [
  ['commit-warm', commitWarm],
  ['commit-cold', commitCold],
  ['commit-batch', batchCommits],
  ['import-small', importSmall],
  ['import-big', importBig],
  ['open', openAfterManyCommits],
  ['sql', sqlOverOplog],
  ['event-loop', eventLoopDelay],
]

async function main(): Promise<void> {
  const wanted = process.argv[2] ?? ''
  const rows: Row[] = []
  process.stdout.write(`${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`)
  for (const [name, run] of WORKLOADS) {
    if (!name.includes(wanted)) continue
    try {
      const row = await run()
      rows.push(row)
      process.stdout.write(`\n${row.workload}\n`)
      for (const { name: who, medianMs, p95Ms, runs } of row.samples) {
        process.stdout.write(
          `  ${who.padEnd(34)} median ${ms(medianMs).padStart(9)}   p95 ${ms(p95Ms).padStart(9)}   ${runs} runs\n`,
        )
      }
      const { measured, target, met } = row.verdict
      process.stdout.write(`  ${met ? 'met' : 'NOT MET'}: ${measured} (target ${target})\n`)
    } finally {
      await cleanUp()
    }
  }
  await mkdir('test-results', { recursive: true })
  await writeFile('test-results/bench.json', JSON.stringify(rows, null, 2))
}

void main()
