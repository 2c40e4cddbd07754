/** For tests of the api and its hosts: a hub over real ponds in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createHandlers, Hub, type Call, type Handlers, type Session } from '../../src/main/api'

export interface TestHost {
  readonly hub: Hub
  readonly session: Session
  readonly handlers: Handlers
  readonly folder: string
  /** Errors that nobody expected. */
  readonly reports: readonly unknown[]
  [Symbol.asyncDispose](): Promise<void>
}

export async function testHost(): Promise<TestHost> {
  const folder = await mkdtemp(join(tmpdir(), 'duckpond-api-'))
  const reports: unknown[] = []
  const hub = new Hub({
    kind: 'web',
    productVersion: '0.0.0',
    startPond: null,
    configFolder: join(folder, 'config'),
    worldAt: (path) => nodeWorld({ storage: nodeStorage(path) }),
    report: (error) => `report ${reports.push(error)}`,
  })
  const session = hub.connect()
  return {
    hub,
    session,
    handlers: createHandlers(session),
    folder,
    reports,
    async [Symbol.asyncDispose]() {
      await hub.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export const call: Call = { signal: new AbortController().signal }

/** The last of a stream. */
export async function lastOf<T>(stream: AsyncIterable<T>): Promise<T> {
  let last: { readonly value: T } | undefined
  for await (const value of stream) last = { value }
  if (last === undefined) throw new Error('the stream said nothing')
  return last.value
}

/** The result of long work. */
export async function resultOf<T>(
  stream: AsyncIterable<{ readonly kind: 'progress' } | { readonly kind: 'done'; readonly result: T }>,
): Promise<T> {
  const last = await lastOf(stream)
  if (last.kind !== 'done') throw new Error('the work did not end')
  return last.result
}
