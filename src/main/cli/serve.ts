/** Serves the app on 127.0.0.1 and says where; ends when interrupted, or when its window is closed. */
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'
import { isPond } from '../api'
import { findBrowser, hasDisplay, openAppWindow, serveWeb, type AppWindow, type WebHost } from '../web'
import type { Context } from './context'
import { diagnosticsOf } from './world'

export interface Serving {
  /** 0 for any that is free; null for that of an earlier start where it is free. */
  readonly port: number | null
  /** Null for the welcome screen. */
  readonly pondPath: string | null
  readonly openWindow: boolean
}

/** @throws steward.not-a-pond, web.port-in-use, host.not-found where the page is not built */
export async function serveUntilInterrupted(context: Context, { port, pondPath, openWindow }: Serving): Promise<void> {
  const { io, out, signal } = context
  await mustBePond(pondPath)
  const host = await serveWeb({ port, pondPath, diagnostics: await diagnosticsOf(io) })
  let window: AppWindow | undefined
  try {
    await out.show({ url: host.url }, () => out.line(host.url))
    if (openWindow) window = await openedWindow(context, host)
    if (!out.isJson && window === undefined) await out.note('serving until interrupted (Ctrl-C)')
    await Promise.race([interrupted(signal), ...(window === undefined ? [] : [window.closed])])
  } finally {
    const dropped = host.unfinishedImports
    window?.close()
    await host.close()
    if (dropped > 0) await out.note(`${countOf(dropped)} cut off: nothing of it is in the pond`)
  }
}

const countOf = (imports: number): string => (imports === 1 ? '1 import was' : `${imports} imports were`)

/** A folder that was named but is no pond is refused here, not by a page. @throws steward.not-a-pond */
export async function mustBePond(pondPath: string | null): Promise<void> {
  if (pondPath === null || (await isPond(pondPath))) return
  throw new PondError('steward.not-a-pond', `expected a pond at ${quote(pondPath)}, found none`, { path: pondPath })
}

/** The browser's arguments can be read by everybody on this machine: the address in them is good for once. */
async function openedWindow({ out }: Context, host: WebHost): Promise<AppWindow | undefined> {
  const browser = hasDisplay() ? findBrowser() : undefined
  if (browser !== undefined) return openAppWindow(browser, host.urlOnce())
  await out.note('no display or no Chromium-family browser found: open the address in a browser')
  return undefined
}

async function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}
