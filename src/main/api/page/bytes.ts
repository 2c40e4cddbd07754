/**
 * The byte plane (`shared/bytes.ts`): content, imports, result pages and finished exports, as one function from
 * Request to Response that knows neither node http nor Electron. Readers pull bodies in chunks of at most 256 KiB.
 * Access is checked before a request comes here.
 */
import { open as openFile } from 'node:fs/promises'
import { BODY_LENGTH_HEADER } from '../../../shared/bytes'
import { ERRORS, isErrorCode, PondError, toWire } from '../../../shared/errors'
import { baseName, parsePath, quote } from '../../../shared/path'
import { mustBeComplete, systemError } from '../../platform/node'
import { contentDisposition, parseRange } from './byte-headers'
import { goneOr } from './gone'
import type { Hub } from '../connection/hub'
import { mediaTypeOf } from '../../../shared/media-type'
import { servedType } from './media-type'

const CHUNK_BYTES = 256 * 1024
const MAX_PAGE_ROWS = 100_000

export type BytePlane = (request: Request) => Promise<Response>

/** What a pond contains may come from anywhere: nothing of it may run, load or be framed. */
const CONTENT_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  // A cache that has some of a path's bytes would put them together with those of later content.
  'Cache-Control': 'no-store',
}

const JSON_HEADERS = {
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
}

export function createBytePlane(hub: Hub): BytePlane {
  return async (request) => {
    try {
      return await serve(hub, request)
    } catch (error) {
      return failure(await goneOr(error, folderOf(hub, request)), request, hub)
    }
  }
}

function folderOf(hub: Hub, request: Request): string | undefined {
  const [, pondId = ''] = new URL(request.url).pathname.slice(1).split('/')
  return hub.hasPond(pondId) ? hub.workspace(pondId).folder : undefined
}

async function serve(hub: Hub, request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  const [root, pondId = '', kind, id = '', ...rest] = pathname.slice(1).split('/').map(decodeName)
  if (root !== 'bytes' || rest.length > 0) throw unknownAddress(pathname)
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (kind === 'content' && id === '' && isRead) return content(hub, pondId, request, searchParams)
  if (kind === 'result' && isRead) return result(hub, { pondId, id }, searchParams)
  if (kind === 'export' && isRead) return finishedExport(hub, { pondId, id }, request)
  if (kind === 'import' && request.method === 'POST') return receiveImport(hub, { pondId, id }, request)
  throw unknownAddress(pathname)
}

async function content(hub: Hub, pondId: string, request: Request, query: URLSearchParams): Promise<Response> {
  const path = parsePath(query.get('path') ?? '')
  const moment = await hub.workspace(pondId).pond.moment(query.get('at') ?? 'pending')
  const { name, metadata } = await moment.fs.stat(path)
  mustBeAsked(query.get('sha256'), { path, found: metadata.sha256 })
  // What is computed is computed as long as somebody waits for it.
  const reader = await moment.fs.open(path, request.signal)
  // Of what is computed nobody knows the hash: it is told from no other content.
  const etag = metadata.sha256 === null ? null : `"${metadata.sha256}"`
  const asDownload = query.get('download') === '1'
  // What the listing says of it, so that both show the same.
  const mediaType = mediaTypeOf(name, metadata.attributes) ?? mediaTypeOf(path)
  const headers = new Headers({
    ...CONTENT_HEADERS,
    'Accept-Ranges': 'bytes',
    'Content-Type': asDownload ? 'application/octet-stream' : servedType(mediaType),
    'Content-Disposition': contentDisposition(asDownload ? 'attachment' : 'inline', baseName(path)),
    ...(etag !== null && { ETag: etag }),
  })
  const ifRange = request.headers.get('If-Range')
  const range = parseRange(
    ifRange === null || (etag !== null && ifRange === etag) ? request.headers.get('Range') : null,
    reader.size,
  )
  const bare = async (status: number) => {
    await reader.close()
    return new Response(null, { status, headers })
  }
  if (etag !== null && matches(request.headers.get('If-None-Match'), etag)) return bare(304)
  if (range === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${reader.size}`)
    return bare(416)
  }
  const { start, end } = range ?? { start: 0, end: reader.size }
  headers.set('Content-Length', String(end - start))
  if (range !== undefined) headers.set('Content-Range', `bytes ${start}-${end - 1}/${reader.size}`)
  const status = range === undefined ? 200 : 206
  if (request.method === 'HEAD') return bare(status)
  const chunks = range === undefined ? reader.chunks() : reader.chunks(range)
  return new Response(
    streamOf(chunks, () => reader.close()),
    { status, headers },
  )
}

/** @throws api.changed unless this is the content that was asked for */
function mustBeAsked(
  expected: string | null,
  { path, found }: { readonly path: string; readonly found: string | null },
): void {
  if (expected === null || expected === found) return
  const message = `${quote(path)} has other content now than was asked for: read it again`
  throw new PondError('api.changed', message, { path, expected, found })
}

interface Held {
  readonly pondId: string
  readonly id: string
}

async function result(hub: Hub, { pondId, id }: Held, query: URLSearchParams): Promise<Response> {
  const offset = mustCount(query, 'offset', Number.MAX_SAFE_INTEGER)
  const limit = mustCount(query, 'limit', MAX_PAGE_ROWS)
  const bytes = await hub.owner(pondId, 'runs', id).run(id).page(offset, limit)
  const headers = {
    ...CONTENT_HEADERS,
    'Content-Type': 'application/vnd.apache.arrow.stream',
    'Content-Length': String(bytes.length),
  }
  return new Response(streamOf(slices(bytes)), { headers })
}

async function finishedExport(hub: Hub, { pondId, id }: Held, request: Request): Promise<Response> {
  const finished = hub.owner(pondId, 'exports', id).export(id)
  const headers = {
    ...CONTENT_HEADERS,
    'Content-Type': finished.mediaType,
    'Content-Disposition': contentDisposition('attachment', finished.fileName),
    'Content-Length': String(finished.bytes),
  }
  if (request.method === 'HEAD') return new Response(null, { headers })
  const file = await openFile(finished.hostPath)
  const chunks = file.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false })
  // A file that was changed meanwhile breaks the connection: its first bytes are not the answer.
  const whole = mustBeComplete(chunks as AsyncIterable<Uint8Array>, { size: finished.bytes }, quote(finished.fileName))
  return new Response(
    streamOf(whole, () => file.close()),
    { headers },
  )
}

async function receiveImport(hub: Hub, { pondId, id }: Held, request: Request): Promise<Response> {
  const receiver = hub.owner(pondId, 'imports', id).import(id)
  if (request.body === null) throw new PondError('api.bad-input', 'expected a body of frames, found none')
  const { files, bytes } = await receiver.receive(arriving(request.body, lengthOf(request)), request.signal)
  return Response.json({ files, bytes }, { headers: JSON_HEADERS })
}

/** Bytes of the body as its sender counts them; null where it does not say. */
function lengthOf({ headers }: Request): number | null {
  const told = headers.get(BODY_LENGTH_HEADER) ?? headers.get('Content-Length')
  return told === null || !/^\d{1,16}$/.test(told) ? null : Number(told)
}

/** A body whose sender goes away is nobody's fault here, and never the whole. */
async function* arriving(body: AsyncIterable<Uint8Array>, length: number | null): AsyncGenerator<Uint8Array> {
  let found = 0
  try {
    for await (const chunk of body) {
      found += chunk.length
      yield chunk
    }
  } catch (error) {
    throw new PondError('api.interrupted', 'the transfer was broken off', {}, error)
  }
  if (length !== null && found !== length)
    throw new PondError('api.interrupted', `the transfer was broken off: ${found} of ${length} bytes arrived`, {})
}

/** The failure's own status, with a JSON `WireError`. */
function failure(error: unknown, request: Request, hub: Hub): Response {
  const wire =
    request.signal.aborted && (!(error instanceof PondError) || error.code === 'platform.cancelled')
      ? INTERRUPTED
      : toWire(systemError(error), hub.options.report)
  const status = isErrorCode(wire.code) ? ERRORS[wire.code].http : 500
  const body = request.method === 'HEAD' ? null : JSON.stringify(wire)
  return new Response(body, { status, headers: JSON_HEADERS })
}

const INTERRUPTED = { code: 'api.interrupted', message: 'the transfer was broken off', detail: {} }

/** Pulled chunk by chunk; `close` runs once, at the end, at a failure or when the reader goes away. */
function streamOf(chunks: AsyncIterable<Uint8Array>, close?: () => Promise<void>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await iterator.next()
          if (!done) return controller.enqueue(value)
          controller.close()
        } catch (error) {
          controller.error(error)
        }
        await close?.()
      },
      async cancel() {
        await iterator.return?.()
        await close?.()
      },
    },
    { highWaterMark: 0 },
  )
}

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
}

function matches(header: string | null, etag: string): boolean {
  return (
    header !== null && header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*')
  )
}

function mustCount(query: URLSearchParams, name: string, most: number): number {
  const text = query.get(name) ?? ''
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value <= most) return value
  throw new PondError('api.bad-input', `expected ${name} between 0 and ${most}, found ${text || 'nothing'}`, { name })
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new PondError('api.bad-input', 'expected an address in UTF-8, found other bytes')
  }
}

function unknownAddress(path: string): PondError {
  return new PondError('api.not-found', `expected the address of content, a result or an export, found ${path}`, {
    path,
  })
}
