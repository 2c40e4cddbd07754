/**
 * Random histories against a plain model: whatever two processes stage, commit, discard, undo, restore,
 * compact and reopen, and wherever the power goes, the pond is what the model says. `POND_MODEL_COMMANDS`
 * sets how many commands are run, `POND_MODEL_SEED` repeats a run; a failure prints the seed and the
 * shortest history that fails.
 */
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { agree } from './agree'
import { history } from './commands'
import { Machine } from './machine'

const COMMANDS = Number(process.env['POND_MODEL_COMMANDS'] ?? 20_000)
const SEED = process.env['POND_MODEL_SEED']
const HOURS = 3_600_000
const LENGTH = 60
const REAL_SHARE = 0.01

describe('a pond that two processes use, and a plain model', () => {
  it(`agree after every command on a simulated machine (${COMMANDS} of them)`, { timeout: 24 * HOURS }, async () => {
    await check(COMMANDS, () => Machine.simulated())
  })

  it('agree after every command on this machine (1 in 100 of them)', { timeout: 24 * HOURS }, async () => {
    await check(COMMANDS * REAL_SHARE, () => Machine.real())
  })
})

async function check(commands: number, start: () => Promise<Machine>): Promise<void> {
  let performed = 0
  const property = fc.asyncProperty(history(LENGTH), async (histories) => {
    await using machine = await start()
    performed += histories.length
    await agree(machine, histories)
  })
  // Histories have any length up to LENGTH: run after run, until there were enough commands.
  const seed = SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(SEED)
  for (let run = 0; performed < commands; run++) {
    await fc.assert(property, { numRuns: Math.ceil((commands - performed) / LENGTH), seed: seed + run })
  }
}
