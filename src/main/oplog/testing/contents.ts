import { expect } from 'vitest'
import type { Snapshot } from '../state/snapshot'

/** Reads content of every second row with the scan, and of all by address; how many rows there are. */
export async function wantedContents(snapshot: Snapshot): Promise<number> {
  let rows = 0
  for await (const batch of snapshot.scan({ content: (each) => each.version % 2 === 0 })) {
    for (const each of batch) {
      // Every row by address would read most pages hundreds of times.
      if (rows++ % 20 !== 0) continue
      const content = await snapshot.contentOf(each.address)
      expect(each.content).toEqual(each.version % 2 === 0 ? content : null)
    }
  }
  return rows
}
