/** What is done beside much that is pending, counted in steps through it and in what is asked of the disk. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { isWithin } from '../../src/shared/path'
import { isPondError } from '../../src/shared/errors'
import type { Overlay } from '../../src/main/tlogfs'
import { costs } from './costs'
import { TestPond } from './test-pond'

describe('beside what is pending', () => {
  it('each act costs what it changes or shows, not what waits', async () => {
    expect(await costs(2_000)).toEqual(await costs(200))
  })
})

describe('what is pending, counted as it is staged,', () => {
  const NAMES = ['a', 'b', 'c']
  const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
  const act = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), path, text: fc.nat(2) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), path }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('move' as const), path, to: path }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
  )

  it('is what counting all of it gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), async (stages) => {
        const { engine } = await TestPond.create()
        for (const acts of stages) {
          for (const each of acts) if (each.kind === 'commit') await engine.commit({})
          await engine.stage(async (fs) => {
            for (const each of acts) {
              try {
                if (each.kind === 'put') {
                  const content = await engine.prepare([new Uint8Array(each.text)])
                  await fs.put(each.path, content, { parents: true, replace: true })
                } else if (each.kind === 'remove') await fs.remove(each.path, { recursive: true })
                else if (each.kind === 'move') await fs.rename(each.path, each.to)
              } catch (error) {
                if (!isPondError(error)) throw error
              }
            }
          })
          const moment = await engine.moment('pending')
          expect(await countsKept(engine, moment.backend as Overlay)).toEqual(
            await countsTaken(engine, moment.backend as Overlay),
          )
        }
      }),
      { numRuns: runs(40) },
    )
  })
})

type Engine = TestPond['engine']

async function countsKept(engine: Engine, overlay: Overlay): Promise<unknown> {
  const { counts, withoutEffect, totalNodes } = await engine.status()
  const moment = await engine.moment('pending')
  const below: Record<string, number> = {}
  for await (const { path, node } of moment.fs.visit('/'))
    if (node.fileType === 'directory') below[path] = (await moment.entry(path)).pendingBelow
  return { counts, withoutEffect, totalNodes, below, bytes: overlay.summary.bytesDelta }
}

async function countsTaken(engine: Engine, overlay: Overlay): Promise<unknown> {
  const { changes, counts } = await engine.diff('head', 'pending')
  const moment = await engine.moment('pending')
  const changed = new Set(changes.map(({ nodeId }) => nodeId))
  let [withoutEffect, totalNodes, bytes] = [0, 0, 0]
  for (const { operation } of overlay.applied) if (!changed.has(operation.nodeId)) withoutEffect++
  for (const { before, after } of await overlay.differences())
    bytes += (after?.state.size ?? 0) - (before?.state.size ?? 0)
  const directories: string[] = []
  for await (const { path, node } of moment.fs.visit('/')) {
    totalNodes++
    if (node.fileType === 'directory') directories.push(path)
  }
  const below: Record<string, number> = {}
  for (const directory of directories) {
    const { nodeId } = await moment.entry(directory)
    const isInBase = (await overlay.base.findDirectory(nodeId)) !== undefined
    const before = isInBase ? await overlay.base.directoryPath(nodeId) : null
    // What is gone was below the directory where that was then.
    below[directory] = changes.filter(({ path, change }) =>
      change === 'deleted' ? before !== null && isWithin(path, before) : isWithin(path, directory),
    ).length
  }
  return { counts, withoutEffect, totalNodes, below, bytes }
}
