/** `open-once.ts FOLDER`: opens a pond, asks what is pending, and prints the milliseconds of the processor that both took. */
import { argv, cpuUsage, stdout } from 'node:process'
import { reopen } from './world'

async function main(): Promise<void> {
  const before = cpuUsage()
  const pond = await reopen(argv[2]!)
  await pond.status()
  const { user, system } = cpuUsage(before)
  stdout.write(String((user + system) / 1_000))
  await pond.close()
}

void main()
