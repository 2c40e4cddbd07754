/**
 * The headers that go with every answer of the localhost host: what a page may load and do, and who
 * may embed or read it. The page's policy has no `unsafe-eval` and no foreign source at all.
 */
import type { OutgoingHttpHeaders } from 'node:http'

/** On every answer, whatever it is. */
export const SAFE_HEADERS: OutgoingHttpHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** On the page: nothing of the machine but the clipboard, which copying a range needs. */
export const PAGE_PERMISSIONS =
  'camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=(), ' +
  'clipboard-read=(), clipboard-write=(self)'

/**
 * The page's own policy. Style elements may be inline because the UI kit and the editor put their themes
 * into some; style attributes in markup, which nothing needs, may not.
 * @param connect further sources for sockets and fetches, separated by spaces
 */
export function pagePolicy(connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "style-src-attr 'none'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ${connect}`.trim(),
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
