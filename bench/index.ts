/**
 * `npm run bench [-- [full] [part of a name]]`: every workload, a table on stdout, JSON in test-results/bench.json.
 * Timings are shown, never tested: the exit status says only whether the workloads ran.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { batchCommits } from './batch'
import { commitCold, commitWarm } from './commit'
import { eventLoopDelay } from './event-loop'
import { gridFirstPage, gridSort, gridSpool, gridWindow } from './grid'
import { importBig, importMany, importSmall } from './import'
import { listLargeDirectory, nodeHistory, openLongHistory, readRandomVersions, verifySpeed } from './long-history'
import { lookCold } from './look-cold'
import { ms, type Row } from './measure'
import { memoryOfEntries, memoryOfExport, memoryOfImport, memoryOfSeries } from './memory'
import { openAfterManyCommits } from './open'
import { listBeside, openWithPending, stageOne, statusBeside } from './pending'
import { exportArrow, pageLatency, streamArrow, streamCsv } from './processes'
import { recipeCached, recipeInline, reduceAll, reduceAppended } from './recipes'
import { rowDiff } from './row-diff'
import { sqlOverOplog } from './sql'
import { smallCsv } from './sql-small'
import { cleanUp } from './world'

const WORKLOADS: readonly (readonly [name: string, run: () => Promise<Row>])[] = [
  ['commit-warm', commitWarm],
  ['commit-cold', commitCold],
  ['look-cold', lookCold],
  ['commit-batch', batchCommits],
  ['import-small', importSmall],
  ['import-many', importMany],
  ['import-big', importBig],
  ['pending-stage', stageOne],
  ['pending-status', statusBeside],
  ['pending-list', listBeside],
  ['pending-open', openWithPending],
  ['open', openAfterManyCommits],
  ['open-long', openLongHistory],
  ['list-100k', listLargeDirectory],
  ['random-version', readRandomVersions],
  ['node-history', nodeHistory],
  ['verify', verifySpeed],
  ['sql', sqlOverOplog],
  ['sql-small', smallCsv],
  ['grid-first-page', gridFirstPage],
  ['grid-window', gridWindow],
  ['grid-spool', gridSpool],
  ['grid-sort', gridSort],
  ['process-csv', streamCsv],
  ['process-arrow', streamArrow],
  ['process-export', exportArrow],
  ['process-page', pageLatency],
  ['row-diff', rowDiff],
  ['recipe-inline', recipeInline],
  ['recipe-cached', recipeCached],
  ['reduce-30m', reduceAll],
  ['reduce-append', reduceAppended],
  ['event-loop', eventLoopDelay],
  ['memory-entries', memoryOfEntries],
  ['memory-export', memoryOfExport],
  ['memory-import', memoryOfImport],
  ['memory-series', memoryOfSeries],
]

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).find((argument) => argument !== 'full') ?? ''
  const started = performance.now()
  const rows: Row[] = []
  process.stdout.write(`${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`)
  for (const [name, run] of WORKLOADS) {
    if (!name.includes(wanted)) continue
    const begun = performance.now()
    try {
      const row = await run()
      rows.push(row)
      const took = ms(performance.now() - begun)
      process.stdout.write(`\n${name}: ${row.workload} (${took} with what it needs)\n`)
      for (const { name: who, medianMs, p95Ms, runs } of row.samples) {
        process.stdout.write(
          `  ${who.padEnd(34)} median ${shown(medianMs, row).padStart(9)}   p95 ${shown(p95Ms, row).padStart(9)}   ${runs} runs\n`,
        )
      }
      const { measured, target, met } = row.verdict
      process.stdout.write(`  ${met ? 'met' : 'NOT MET'}: ${measured} (target ${target})\n`)
    } catch (error) {
      // The others are worth running all the same.
      process.exitCode = 1
      process.stdout.write(
        `\n${name} FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      )
    } finally {
      await cleanUp()
    }
  }
  process.stdout.write(`\n${rows.length} workloads in ${ms(performance.now() - started)}\n`)
  await mkdir('test-results', { recursive: true })
  await writeFile('test-results/bench.json', JSON.stringify(rows, null, 2))
}

function shown(value: number, { unit }: Row): string {
  return unit === undefined ? ms(value) : `${value.toFixed(0)} ${unit}`
}

void main()
