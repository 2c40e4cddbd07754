/**
 * What the window may do, as pure decisions: where it may go (nowhere), what it may ask of the machine
 * (to fill the clipboard), and from which frame the main process listens to it (its own page).
 */
import { APP_ORIGIN, APP_URL } from './address'

/** The one page there is; a reload of it is no navigation away. */
export function isAppPage(url: string): boolean {
  try {
    const { href } = new URL(url)
    return href === APP_URL || href.startsWith(`${APP_URL}#`) || href.startsWith(`${APP_URL}?`)
  } catch {
    return false
  }
}

/** Downloads of the pond's own bytes, and of what the page made itself. */
export function isOwnDownload(url: string): boolean {
  return url.startsWith(`${APP_ORIGIN}/bytes/`) || url.startsWith(`blob:${APP_ORIGIN}/`)
}

/**
 * Of all that a page can ask for, copying alone is given.
 * @param asking an address or an origin, as Electron names either. Compared as text: to `URL`, a scheme
 * of one's own has no origin.
 */
export function isPermitted(permission: string, asking: string): boolean {
  return permission === 'clipboard-sanitized-write' && (asking === APP_ORIGIN || isAppPage(asking))
}

export interface SenderFrame {
  readonly url: string
  /** Null for the top frame. */
  readonly parent: unknown
}

/** Only the top frame of our page; a frame that is gone already is nobody. */
export function isTrustedSender(frame: SenderFrame | null): boolean {
  return frame !== null && frame.parent === null && isAppPage(frame.url)
}
