/** Where derived files go of a pond whose folder cannot be written. */
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Storage } from '../storage'
import { nodeStorage } from './storage'

/** A place in the system's temp folder, apart for each user and pond. @param folder of the pond, absolute */
export function nodeFallbackCache(folder: string): Storage {
  const user = process.getuid?.() ?? 'me'
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  return nodeStorage(join(tmpdir(), `duckpond-cache-${user}`, name))
}
