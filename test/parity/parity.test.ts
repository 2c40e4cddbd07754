/**
 * The bridge keeps its word: the same session in process, over a message port and over a WebSocket
 * says the same, failures included.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket as Socket } from 'ws'
import { createBytePlane, createHandlers, Hub, loadServer, type Handlers } from '../../src/main/api'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { serve } from '../../src/main/web/serve'
import { asPondError, connectPort, connectSocket } from '../../src/renderer/connect'
import type { Api } from '../../src/shared/contract'
import { toWire } from '../../src/shared/errors'
import { replay, type Transcript } from './script'

let root: string
const reports: unknown[] = []
const transcripts = new Map<string, Transcript>()

function hubIn(folder: string): Hub {
  return new Hub({
    kind: 'web',
    productVersion: '0.0.0',
    startPond: null,
    configFolder: join(root, 'config', folder),
    worldAt: (path) => nodeWorld({ storage: nodeStorage(path), command: 'test', user: 'Grace' }),
    report: (error) => `report ${reports.push(error)}`,
  })
}

async function folderFor(name: string): Promise<string> {
  const folder = join(root, name)
  await mkdir(folder)
  return folder
}

/** The plain handlers in the shape that a page has them. */
function inProcess(handlers: Handlers): Api {
  const groups = Object.entries(handlers).map(([group, calls]) => {
    const plain = Object.entries(calls).map(([name, handler]) => [
      name,
      async (input: unknown, options?: { signal?: AbortSignal }) => {
        options?.signal?.throwIfAborted()
        const signal = options?.signal ?? new AbortController().signal
        return (handler as (input: unknown, call: { signal: AbortSignal }) => unknown)(input, { signal })
      },
    ])
    return [group, Object.fromEntries(plain)]
  })
  return Object.fromEntries(groups) as Api
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'duckpond-parity-'))
  await mkdir(join(root, 'renderer'))
  await writeFile(join(root, 'renderer', 'index.html'), '<title>page</title>')

  const plainHub = hubIn('plain')
  const plainBytes = createBytePlane(plainHub)
  const ask = (bytes: (request: Request) => Promise<Response>) => (address: string, init?: RequestInit) =>
    bytes(new Request(`http://127.0.0.1${address}`, init))
  transcripts.set(
    'in process',
    await replay({
      api: inProcess(createHandlers(plainHub.connect())),
      bytes: ask(plainBytes),
      wire: (error) =>
        error instanceof Error && error.name === 'AbortError'
          ? asPondError(error)
          : toWire(error, plainHub.options.report),
      folder: await folderFor('plain'),
    }),
  )
  await plainHub.close()

  const portHub = hubIn('port')
  const { port1, port2 } = new MessageChannel()
  const { servePort } = await loadServer()
  servePort(portHub, port1 as unknown as Parameters<typeof servePort>[1])
  port1.start()
  const overPort = connectPort(port2 as unknown as Parameters<typeof connectPort>[0], { pathForFile: () => '' })
  transcripts.set(
    'message port',
    await replay({
      api: overPort.api,
      bytes: ask(createBytePlane(portHub)),
      wire: asPondError,
      folder: await folderFor('port'),
    }),
  )
  overPort.close()
  await portHub.close()

  const host = await serve({ hub: hubIn('socket'), port: 0, rendererFolder: join(root, 'renderer') })
  const { origin } = new URL(host.url)
  const cookie = (await fetch(host.url, { redirect: 'manual' })).headers.get('Set-Cookie')?.split(';')[0] ?? ''
  const open = () =>
    new Socket(`${origin.replace('http', 'ws')}/api`, { headers: { cookie, origin } }) as unknown as WebSocket
  const overSocket = await connectSocket(open)
  transcripts.set(
    'socket',
    await replay({
      api: overSocket.api,
      bytes: (address, init) => fetch(`${origin}${address}`, { ...init, headers: { ...init?.headers, cookie } }),
      wire: asPondError,
      folder: await folderFor('socket'),
    }),
  )
  overSocket.close()
  await host.close()
}, 60_000)

afterAll(() => rm(root, { recursive: true, force: true }))

describe('one session over three bridges', () => {
  it.each(['message port', 'socket'])('says over a %s what it says in process', (bridge) => {
    expect(transcripts.get(bridge)).toEqual(transcripts.get('in process'))
  })

  it('is a session: most of it works, and what fails does with its own code', () => {
    const said = transcripts.get('socket') ?? []
    const codes = said.flatMap(({ step, said }) => {
      const { error, value } = said as {
        error?: { code: string }
        value?: { body?: { code?: string }; error?: { code: string } }
      }
      const code = error?.code ?? value?.error?.code ?? (value?.body as { code?: string } | undefined)?.code
      return code === undefined ? [] : [[step, code]]
    })
    expect(Object.fromEntries(codes)).toEqual({
      'no pond yet': 'api.no-pond',
      'freeze what is stored': 'recipes.not-computed',
      'a folder that is none': 'steward.not-a-pond',
      'create again': 'steward.already-a-pond',
      'mkdir without parents': 'tinyfs.not-found',
      'above the root': 'tinyfs.above-root',
      'import a broken body': 'api.not-found',
      'not there before it is finished': 'tinyfs.not-found',
      'finished is finished': 'api.not-found',
      'in the way: refuse': 'tinyfs.exists',
      'no such version': 'steward.unknown-version',
      'remove a full directory': 'tinyfs.not-empty',
      'undo again': 'steward.nothing-to-undo',
      'content of nothing': 'tinyfs.not-found',
      'content of a directory': 'tinyfs.is-a-directory',
      'another pond': 'api.no-pond',
      'closed is closed': 'api.not-found',
      'no such result': 'api.not-found',
      'wrong SQL': 'query.syntax',
      'a host file': 'query.no-such-file',
      'aborted before it began': 'api.interrupted',
      closed: 'api.no-pond',
    })
  })

  it('meets nothing that nobody expected', () => {
    expect(reports).toEqual([])
  })

  it('covers every call of the contract that does not need a window', async () => {
    const { readFile } = await import('node:fs/promises')
    const script = await readFile(join(import.meta.dirname, 'script.ts'), 'utf8')
    const handlers = createHandlers(hubIn('none').connect())
    const missing = Object.entries(handlers).flatMap(([group, calls]) =>
      Object.keys(calls)
        .filter((name) => !script.includes(`api.${group}.${name}(`))
        .map((name) => `${group}.${name}`),
    )
    expect(missing).toEqual(
      ['info', 'events', 'showCommands', 'showWork', 'answerClose', 'showInFolder', 'makeFolder', 'chooseFolder'].map(
        (name) => `host.${name}`,
      ),
    )
  })
})
