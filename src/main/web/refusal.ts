/** What is answered instead of the app: JSON for programs, a small drawn page for people. */
import type { WireError } from '../../shared/model'
import { ERRORS, isErrorCode } from '../../shared/errors'

export interface Refusal {
  readonly status: number
  readonly contentType: string
  readonly body: string
  /** The policy of the drawn page: its one style element and nothing else. */
  readonly policy: string
}

const TITLES: Readonly<Record<string, string>> = {
  'web.bad-token': 'This pond is closed to strangers',
  'web.foreign-host': 'Not the address of this pond',
  'web.foreign-origin': 'Another site asked for this pond',
  'host.not-found': 'There is nothing here',
}
const HINTS: Readonly<Record<string, string>> = {
  'web.bad-token':
    'Open the whole address from the terminal, with its token. It lets this browser in until DuckPond stops.',
  'web.foreign-host': 'DuckPond answers on 127.0.0.1 only, under the address it printed.',
  'web.foreign-origin': 'Pages of other sites cannot use DuckPond through your browser.',
}

/** @param accept the request's Accept header */
export function refusal(error: WireError, accept: string | undefined): Refusal {
  const status = isErrorCode(error.code) ? ERRORS[error.code].http : 500
  const policy =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
  if (!(accept ?? '').includes('text/html')) {
    return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(error), policy }
  }
  return { status, contentType: 'text/html; charset=utf-8', body: page(error), policy }
}

/** A page that leads on by itself: a navigation of our own, which carries a strict cookie everywhere. */
export function onwardPage(location: string): string {
  const target = escapeHtml(location)
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${target}"><title>DuckPond</title><a href="${target}">Go on to DuckPond</a>\n`
}

function page(error: WireError): string {
  const title = TITLES[error.code] ?? 'Something went wrong'
  const hint = HINTS[error.code]
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} · DuckPond</title>
<style>
  :root { color-scheme: light dark; --ink: #1c2426; --soft: #5b686c; --line: #d8dfe1; --page: #f7f9f9; --accent: #0b7285 }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e6ecee; --soft: #9aa8ac; --line: #31393c; --page: #15191b; --accent: #66c5d6 }
  }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--page); color: var(--ink);
    font: 15px/1.5 system-ui, sans-serif }
  main { max-width: 30rem; padding: 2rem; border-top: 3px solid var(--accent) }
  h1 { margin: 0 0 .5rem; font-size: 1.25rem }
  p { margin: 0 0 .75rem }
  code { color: var(--soft); font: 13px ui-monospace, monospace }
</style>
<main>
  <h1>${escapeHtml(title)}</h1>
  <p>${escapeHtml(sentence(error.message))}</p>
  ${hint === undefined ? '' : `<p>${escapeHtml(hint)}</p>`}
  <code>${escapeHtml(error.code)}</code>
</main>
</html>
`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}
