/** A pond of its own on a real disk for each test of a file, and short words for what tests do to it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { nodeStorage, nodeWorld } from '../../platform/node'
import { createPond, type Pond } from '..'

export interface FreshPond {
  /** Of the test that runs. */
  readonly pond: Pond
  /** Stages a file, in place of what is there. */
  put(path: string, text: string): Promise<void>
}

/** To be called where a file's tests are declared. */
export function freshPond(): FreshPond {
  let folder: string
  let pond: Pond
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pond-fresh-'))
    pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
  })
  afterEach(async () => {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    get pond() {
      return pond
    },
    async put(path, text) {
      const content = await pond.prepare([new TextEncoder().encode(text)])
      await pond.stage((fs) => fs.put(path, content, { replace: true, parents: true }))
    },
  }
}
