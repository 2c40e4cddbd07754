import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Access, type RequestHead } from './access'

const access = new Access(4711)
const token = new URL(access.url).searchParams.get('token') ?? ''
const exchange = access.check(head({ url: `/?token=${token}` }))
const cookie = exchange.kind === 'exchange' ? (exchange.cookie.split(';')[0] ?? '') : ''

function head(change: Partial<RequestHead> = {}): RequestHead {
  return { method: 'GET', url: '/', upgrade: false, ...change, headers: { host: '127.0.0.1:4711', ...change.headers } }
}

describe('the access to the localhost host', () => {
  it('exchanges the token for a cookie that scripts and other sites never get, at an address without it', () => {
    expect(access.check(head({ url: `/?token=${token}&theme=dark` }))).toEqual({
      kind: 'exchange',
      location: '/?theme=dark',
      cookie: expect.stringMatching(/^duckpond-4711=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    })
  })

  it('lets in by an address for the arguments of a browser once, and only for a minute', () => {
    let now = 0
    const timed = new Access(4711, undefined, () => now)
    const [used, late] = [new URL(timed.urlOnce()).search, new URL(timed.urlOnce()).search]
    expect(timed.url).not.toContain(used)
    expect(timed.check(head({ url: `/${used}` }))).toMatchObject({ kind: 'exchange', location: '/' })
    const refused = expect.objectContaining({ code: 'web.bad-token' }) as unknown
    expect(() => timed.check(head({ url: `/${used}` }))).toThrow(refused as Error)
    now = 61_000
    expect(() => timed.check(head({ url: `/${late}` }))).toThrow(refused as Error)
    expect(timed.check(head({ url: new URL(timed.url).pathname + new URL(timed.url).search }))).toMatchObject({
      kind: 'exchange',
    })
  })

  it('does not give the token away in the cookie', () => {
    expect(cookie).not.toContain(token)
  })

  it('lets the cookie in, also among others and again after a reload', () => {
    for (const text of [cookie, `a=b; ${cookie}; c=d`]) {
      expect(access.check(head({ headers: { cookie: text } }))).toEqual({ kind: 'granted' })
    }
  })

  it('lets nobody in with another token or cookie, whatever it is', () => {
    fc.assert(
      fc.property(fc.base64String(), (guess) => {
        fc.pre(guess !== token)
        const url = `/?token=${encodeURIComponent(guess)}`
        expect(() => access.check(head({ url }))).toThrow(expect.objectContaining({ code: 'web.bad-token' }))
        const headers = { cookie: `duckpond-4711=${guess}` }
        expect(() => access.check(head({ headers }))).toThrow(expect.objectContaining({ code: 'web.bad-token' }))
      }),
    )
  })

  it.each([
    ['no cookie', {}],
    ["another port's cookie", { cookie: cookie.replace('4711', '4712') }],
    ['half a cookie', { cookie: cookie.slice(0, -1) }],
    ['a longer cookie', { cookie: `${cookie}A` }],
  ])('lets nobody in with %s', (_, headers) => {
    expect(() => access.check(head({ headers }))).toThrow(expect.objectContaining({ code: 'web.bad-token' }))
  })

  it('takes a token only where it belongs: not for a post, not for a socket', () => {
    for (const change of [{ method: 'POST' }, { upgrade: true, headers: { origin: 'http://127.0.0.1:4711' } }]) {
      const asked = head({ url: `/?token=${token}`, ...change })
      expect(() => access.check(asked)).toThrow(expect.objectContaining({ code: 'web.bad-token' }))
    }
  })

  it.each([
    'localhost',
    '127.0.0.1',
    '127.0.0.1:80',
    '127.0.0.1:4712',
    'evil.example:4711',
    '127.0.0.1.evil.example:4711',
    'evil.example',
    '[::1]:4711',
    '0.0.0.0:4711',
    '127.0.0.1:4711.evil.example',
    '127.0.0.1:4711@evil.example',
    undefined,
  ])('refuses the host %s even with the cookie', (host) => {
    const asked = head({ headers: { host, cookie } })
    expect(() => access.check(asked)).toThrow(expect.objectContaining({ code: 'web.foreign-host' }))
  })

  it.each([
    'https://127.0.0.1:4711',
    'http://127.0.0.1:4712',
    'http://evil.example',
    'http://localhost:4711',
    'null',
    '',
  ])('refuses the origin "%s" even with the cookie', (origin) => {
    const asked = head({ headers: { origin, cookie } })
    expect(() => access.check(asked)).toThrow(expect.objectContaining({ code: 'web.foreign-origin' }))
  })

  it('refuses a socket whose origin is not named', () => {
    expect(() => access.check(head({ upgrade: true, headers: { cookie } }))).toThrow(
      expect.objectContaining({ code: 'web.foreign-origin' }),
    )
    const own = head({ upgrade: true, headers: { cookie, origin: 'http://127.0.0.1:4711' } })
    expect(access.check(own)).toEqual({ kind: 'granted' })
  })

  it('refuses what other sites and other ports embed, and lets them only link to the first page', () => {
    const from = (site: string, mode: string, dest: string) =>
      ({ cookie, 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest }) as const
    for (const site of ['cross-site', 'same-site']) {
      for (const headers of [
        from(site, 'no-cors', 'image'),
        from(site, 'navigate', 'iframe'),
        from(site, 'cors', 'empty'),
      ]) {
        expect(() => access.check(head({ headers }))).toThrow(expect.objectContaining({ code: 'web.foreign-origin' }))
      }
      const link = from(site, 'navigate', 'document')
      expect(access.check(head({ headers: link }))).toEqual({ kind: 'granted' })
      expect(() => access.check(head({ url: '/bytes/x/content', headers: link }))).toThrow(
        expect.objectContaining({ code: 'web.foreign-origin' }),
      )
    }
    expect(access.check(head({ headers: from('same-origin', 'cors', 'empty') }))).toEqual({ kind: 'granted' })
  })

  it('never sends anybody to another site, whatever the address', () => {
    for (const url of [
      `//evil.example/?token=${token}`,
      `http://evil.example/?token=${token}`,
      `/\\evil.example?token=${token}`,
    ]) {
      const admission = access.check(head({ url }))
      const location = admission.kind === 'exchange' ? admission.location : ''
      expect(new URL(location, 'http://127.0.0.1:4711').origin).toBe('http://127.0.0.1:4711')
    }
  })
})
