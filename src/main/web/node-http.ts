/**
 * Between node http and the Request and Response of the byte plane: bodies stay streams in both
 * directions and wait for whoever is slower, and a client that goes away aborts the request.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { once } from 'node:events'
import { PondError } from '../../shared/errors'

const MAX_WRITE_BYTES = 256 * 1024

/** @param origin the server's own, for an absolute address */
export function requestOf(message: IncomingMessage, answer: ServerResponse, origin: string): Request {
  const leaving = new AbortController()
  answer.once('close', () => {
    if (!answer.writableFinished) leaving.abort()
  })
  const hasBody = message.method !== 'GET' && message.method !== 'HEAD'
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  try {
    return new Request(`${origin}${message.url ?? '/'}`, {
      method: message.method ?? 'GET',
      headers,
      signal: leaving.signal,
      ...(hasBody ? { body: Readable.toWeb(message) as ReadableStream<Uint8Array>, duplex: 'half' } : {}),
    })
  } catch (error) {
    throw new PondError('web.bad-request', 'expected a request that can be read', {}, error)
  }
}

/** Sends a response; resolves when it is sent, or the client is gone. */
export async function sendResponse(
  response: Response,
  answer: ServerResponse,
  extra: OutgoingHttpHeaders,
): Promise<void> {
  const headers: OutgoingHttpHeaders = { ...extra }
  response.headers.forEach((value, name) => {
    // The response's own word wins over the host's, however either is spelled.
    for (const key of Object.keys(headers)) if (key.toLowerCase() === name) delete headers[key]
    headers[name] = value
  })
  answer.writeHead(response.status, headers)
  const reader = response.body?.getReader()
  if (reader === undefined) return void answer.end()
  const gone = () => void reader.cancel().catch(() => undefined)
  answer.once('close', gone)
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      for (let at = 0; at < value.length; at += MAX_WRITE_BYTES) {
        if (answer.destroyed) return
        if (!answer.write(value.subarray(at, at + MAX_WRITE_BYTES))) await drained(answer)
      }
    }
    answer.end()
  } catch {
    // The head is gone out already: only a broken connection tells the client that the rest is missing.
    answer.destroy()
  } finally {
    answer.off('close', gone)
  }
}

async function drained(answer: ServerResponse): Promise<void> {
  const waiting = new AbortController()
  try {
    await Promise.race([once(answer, 'drain', waiting), once(answer, 'close', waiting)])
  } finally {
    waiting.abort()
  }
}
