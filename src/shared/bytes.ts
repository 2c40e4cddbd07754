/**
 * The byte plane: addresses and framing of everything that is content and not control. The same
 * addresses are served by Electron's protocol handler and by node http; the page `fetch`es them.
 *
 *   GET  /bytes/<pondId>/content?path=P&at=A[&sha256=H][&download=1]   a file's bytes; honours Range
 *   POST /bytes/<pondId>/import/<importId>                       framed files, see below
 *   GET  /bytes/<pondId>/result/<queryId>?offset=N&limit=N       rows as an Arrow IPC stream
 *   GET  /bytes/<pondId>/export/<exportId>                       a finished export, as a download
 *
 * An import's body is any number of frames: `u32 headerLength` (little endian), header (JSON
 * `ImportHeader`), then `size` bytes of content. A page builds it as one Blob of Blobs, so that the
 * browser streams it from disk.
 *
 * What is at a path may be other content a moment later. So nothing of it may be kept by a cache, whoever
 * knows the hash of what they want says it (`api.changed` where it is other content by now), and every
 * reader checks the length of what came, and its hash where it has the whole.
 *
 * A failure is a JSON `WireError` with the code's HTTP status.
 */
export interface ImportHeader {
  /** Absolute path in the pond; missing directories are made. */
  readonly path: string
  /** Bytes that follow; absent for a directory. */
  readonly size: number | null
  /** SHA-256 of them in hex, where the sender knows it: other bytes are refused. */
  readonly sha256?: string
}

/** How many bytes the body of an import has: a body that is cut between two frames looks whole. */
export const BODY_LENGTH_HEADER = 'X-Body-Length'

const enc = encodeURIComponent

export interface ContentAsk {
  /** Nothing but content of this hash. */
  readonly sha256?: string | null
  readonly download?: boolean
}

export function contentUrl(
  pondId: string,
  path: string,
  at: string,
  { sha256 = null, download = false }: ContentAsk = {},
): string {
  const hash = sha256 === null ? '' : `&sha256=${enc(sha256)}`
  return `/bytes/${enc(pondId)}/content?path=${enc(path)}&at=${enc(at)}${hash}${download ? '&download=1' : ''}`
}

export function importUrl(pondId: string, importId: string): string {
  return `/bytes/${enc(pondId)}/import/${enc(importId)}`
}

export function resultUrl(pondId: string, queryId: string, offset: number, limit: number): string {
  return `/bytes/${enc(pondId)}/result/${enc(queryId)}?offset=${offset}&limit=${limit}`
}

export function exportUrl(pondId: string, exportId: string): string {
  return `/bytes/${enc(pondId)}/export/${enc(exportId)}`
}

/** The bytes that go before a file's content in an import's body. */
export function importFrame(header: ImportHeader): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const frame = new Uint8Array(4 + json.length)
  new DataView(frame.buffer).setUint32(0, json.length, true)
  frame.set(json, 4)
  return frame
}
