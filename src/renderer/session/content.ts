/**
 * Reads content of entries through the byte plane and checks it: a part by its range and length, the whole by its
 * hash. Content that is not what the entry says is an error, and never returned.
 */
import { contentUrl } from '../../shared/bytes'
import { quote } from '../../shared/path'
import { ApiError, damaged, readBody } from '../connect'
import type { Connection } from './connection'

export interface ContentAsk {
  readonly pondId: string
  readonly path: string
  /** The moment, as the API takes it. */
  readonly at: string
  /** Of the entry as it is known; null for a series, whose bytes are put together when they are read. */
  readonly expected: { readonly sha256: string; readonly size: number } | null
  /** Half open; absent for the whole. */
  readonly range?: { readonly start: number; readonly end: number }
  readonly signal?: AbortSignal
}

/** @throws ApiError `api.changed` where the path has other content by now, `api.damaged-transfer` */
export async function readContent(connection: Connection, ask: ContentAsk): Promise<Uint8Array<ArrayBuffer>> {
  const { pondId, path, at, expected, range, signal } = ask
  const isWhole = range === undefined || (range.start === 0 && range.end === expected?.size)
  const response = await connection.fetchBytes(contentUrl(pondId, path, at, { sha256: expected?.sha256 ?? null }), {
    // A cache would answer a part of it with what it kept of other content.
    cache: 'no-store',
    ...(isWhole ? {} : { headers: { Range: `bytes=${range.start}-${range.end - 1}` } }),
    ...(signal === undefined ? {} : { signal }),
  })
  const bytes = await readBody(response)
  if (!isWhole) mustBeRange(response, bytes, { path, range, size: expected?.size ?? null })
  else if (expected !== null) await mustBeContent(bytes, path, expected)
  return bytes
}

/** SHA-256 in lower-case hex. */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Whether content was asked for that is no longer what the path has: news of it is on its way. */
export const isOutdated = (error: unknown): boolean => error instanceof ApiError && error.code === 'api.changed'

async function mustBeContent(
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
  { sha256, size }: NonNullable<ContentAsk['expected']>,
): Promise<void> {
  const found = bytes.length === size ? await sha256Of(bytes) : null
  if (found === sha256) return
  const what = found === null ? `${size} bytes, found ${bytes.length}` : `the hash ${sha256}, found ${found}`
  throw damaged(`what arrived is not the content of ${quote(path)}: expected ${what}`, { path })
}

function mustBeRange(
  { status, headers }: Response,
  bytes: Uint8Array,
  { path, range, size }: { readonly path: string; readonly range: { start: number; end: number }; size: number | null },
): void {
  const [, start = '', end = '', whole = ''] =
    /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get('Content-Range') ?? '') ?? []
  const isAsked =
    status === 206 &&
    Number(start) === range.start &&
    Number(end) + 1 === range.start + bytes.length &&
    (size === null || (Number(whole) === size && bytes.length === range.end - range.start))
  if (isAsked) return
  const asked = `bytes ${range.start} to ${range.end}${size === null ? '' : ` of ${size}`}`
  const found = status === 206 ? `${bytes.length} bytes of ${whole || 'an unknown size'}` : `status ${status}`
  throw damaged(
    `what arrived is not the part of ${quote(path)} that was asked for: expected ${asked}, found ${found}`,
    {
      path,
    },
  )
}
