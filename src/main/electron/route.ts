/** What an address of the app's own scheme leads to. Knows Request and Response, not Electron. */
import { PAGE_PERMISSIONS, pagePolicy, SAFE_HEADERS, type BytePlane, type RendererFile } from '../api'
import { SCHEME } from './address'

export interface AppParts {
  readonly renderer: ReadonlyMap<string, RendererFile>
  readonly bytes: BytePlane
}

export async function routeRequest(request: Request, { renderer, bytes }: AppParts): Promise<Response> {
  const url = new URL(request.url)
  if (url.protocol !== `${SCHEME}:` || url.host !== 'app') return new Response(null, { status: 404 })
  if (url.pathname.startsWith('/bytes/')) return bytes(request)
  const file = request.method === 'GET' ? renderer.get(url.pathname) : undefined
  if (file === undefined) return new Response(null, { status: 404, headers: safeHeaders() })
  const headers = safeHeaders()
  headers.set('Content-Type', file.contentType)
  if (file.contentType.startsWith('text/html')) {
    headers.set('Content-Security-Policy', pagePolicy(''))
    headers.set('Permissions-Policy', PAGE_PERMISSIONS)
  }
  return new Response(await file.read(), { headers })
}

function safeHeaders(): Headers {
  return new Headers(Object.entries(SAFE_HEADERS).map(([name, value]) => [name, String(value)]))
}
