/** Bytes in both directions, with the host's own failures turned back into coded ones. */
import { BODY_LENGTH_HEADER } from '../../shared/bytes'
import { ApiError, asPondError, disconnected, isWire } from './api-error'

export interface UploadOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void
}

/** `fetch` on the byte plane. @throws ApiError unless the answer is a success */
export async function fetchBytes(address: string, init?: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(address, init)
  } catch (error) {
    if (init?.signal?.aborted) throw new ApiError(asPondError(error), error)
    throw disconnected('the host does not answer', error)
  }
  if (response.ok) return response
  throw failureOf(response.status, await response.text())
}

/**
 * The whole body of an answer, which is as long as its head says: a body that is cut is no shorter answer.
 * @throws ApiError `api.damaged-transfer`
 */
export async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = new Uint8Array(await response.arrayBuffer())
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw new ApiError(asPondError(error), error)
    throw damaged('the transfer broke off before its end', {}, error)
  }
  const announced = response.headers.get('Content-Length')
  if (announced === null || bytes.length === Number(announced)) return bytes
  throw damaged(`expected ${announced} bytes, found ${bytes.length}`, { found: bytes.length })
}

/** What arrived is not what was sent. */
export function damaged(message: string, detail: Readonly<Record<string, unknown>>, cause?: unknown): ApiError {
  return new ApiError({ code: 'api.damaged-transfer', message, detail }, cause)
}

/**
 * Posts a body. `fetch` cannot tell how far it has come; XMLHttpRequest can, and streams a Blob from
 * disk too. @throws ApiError
 */
export function upload(address: string, body: Blob, options: UploadOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    const settle = (done: () => void) => {
      options.signal?.removeEventListener('abort', abort)
      done()
    }
    request.upload.onprogress = (event) => options.onProgress?.(event.loaded, body.size)
    request.onload = () => {
      const ok = request.status >= 200 && request.status < 300
      settle(() => (ok ? resolve() : reject(failureOf(request.status, request.responseText))))
    }
    request.onerror = () => settle(() => reject(disconnected('the host does not answer')))
    request.onabort = () =>
      settle(() => reject(new ApiError({ code: 'api.interrupted', message: 'the upload was cancelled', detail: {} })))
    request.open('POST', address)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader(BODY_LENGTH_HEADER, String(body.size))
    options.signal?.addEventListener('abort', abort)
    if (options.signal?.aborted) settle(() => reject(new ApiError(asPondError(options.signal?.reason))))
    else request.send(body)
  })
}

function failureOf(status: number, text: string): ApiError {
  try {
    const wire: unknown = JSON.parse(text)
    if (isWire(wire)) return new ApiError(wire)
  } catch {
    // Not from our host's byte plane: the status is all there is.
  }
  return new ApiError({ code: 'internal', message: `the host answered with status ${status}`, detail: { status } })
}
