import { EventEmitter } from 'node:events'
import { resolve } from 'node:path'
import type { App, MenuItemConstructorOptions, Session } from 'electron'
import { describe, expect, it } from 'vitest'
import type { HostCommand } from '../../shared/contract'
import type { RendererFile } from '../api'
import { pondArgument } from './arguments'
import { guardPages, guardSession } from './guard'
import { accelerator, menuTemplate, type MenuModel } from './menu'
import { isAppPage, isOwnDownload, isPermitted, isTrustedSender } from './policy'
import { routeRequest } from './route'

describe('the pond that a start names', () => {
  const from = (argv: readonly string[], isPackaged: boolean) =>
    pondArgument({ argv, workingDirectory: '/home/ada', isPackaged })

  it('is the first argument of a packaged app, and the second after the app itself from a checkout', () => {
    expect(from(['/opt/DuckPond', 'water'], true)).toBe(resolve('/home/ada', 'water'))
    expect(from(['electron', '.', '/data/water'], false)).toBe('/data/water')
  })

  it('is none where there is no folder, whatever switches there are', () => {
    expect(from(['/opt/DuckPond'], true)).toBeNull()
    expect(from(['/opt/DuckPond', '--enable-logging', '-v'], true)).toBeNull()
    expect(from(['electron', '.'], false)).toBeNull()
  })

  it('is found among switches', () => {
    expect(from(['/opt/DuckPond', '--no-sandbox', 'water'], true)).toBe(resolve('/home/ada', 'water'))
  })
})

describe('the policy of the window', () => {
  it.each(['pond://app/', 'pond://app/#sql', 'pond://app/?theme=dark'])('stays on %s', (url) => {
    expect(isAppPage(url)).toBe(true)
  })

  it.each([
    'https://app/',
    'pond://evil/',
    'pond://app.evil/',
    'pond://app/bytes/x/content?path=%2Fevil.html',
    'pond://app/index.html/..//evil',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,hi',
    'about:blank',
    '',
  ])('never goes to %s', (url) => {
    expect(isAppPage(url)).toBe(false)
  })

  it('listens to the top frame of its own page only', () => {
    expect(isTrustedSender({ url: 'pond://app/', parent: null })).toBe(true)
    expect(isTrustedSender({ url: 'pond://app/', parent: {} })).toBe(false)
    expect(isTrustedSender({ url: 'https://evil.example/', parent: null })).toBe(false)
    expect(isTrustedSender(null)).toBe(false)
  })

  it('permits filling the clipboard to its own page and nothing else', () => {
    expect(isPermitted('clipboard-sanitized-write', 'pond://app')).toBe(true)
    expect(isPermitted('clipboard-sanitized-write', 'https://evil.example')).toBe(false)
    for (const permission of ['clipboard-read', 'geolocation', 'media', 'notifications', 'openExternal', 'usb']) {
      expect(isPermitted(permission, 'pond://app')).toBe(false)
    }
  })

  it('downloads from the pond and from itself', () => {
    expect(isOwnDownload('pond://app/bytes/p/export/e')).toBe(true)
    expect(isOwnDownload('blob:pond://app/1-2-3')).toBe(true)
    expect(isOwnDownload('https://evil.example/bytes/p')).toBe(false)
  })
})

describe('the guards', () => {
  /** Sends an event as Electron would and says whether it was prevented. */
  function isPrevented(emitter: EventEmitter, name: string, fields: object): boolean {
    let prevented = false
    emitter.emit(
      name,
      { ...fields, preventDefault: () => (prevented = true) },
      { getURL: () => 'https://evil.example/x' },
    )
    return prevented
  }

  it('keep every page where it is, however it tries to leave', () => {
    const app = new EventEmitter()
    guardPages(app as unknown as App)
    let windows: unknown
    const page = Object.assign(new EventEmitter(), {
      setWindowOpenHandler: (handler: () => unknown) => (windows = handler()),
    })
    app.emit('web-contents-created', {}, page)
    expect(windows).toEqual({ action: 'deny' })
    expect(isPrevented(page, 'will-navigate', { url: 'https://evil.example/' })).toBe(true)
    expect(isPrevented(page, 'will-navigate', { url: 'pond://app/' })).toBe(false)
    expect(isPrevented(page, 'will-frame-navigate', { url: 'pond://app/', isMainFrame: false })).toBe(true)
    expect(isPrevented(page, 'will-redirect', { url: 'pond://app/' })).toBe(true)
    expect(isPrevented(page, 'will-attach-webview', {})).toBe(true)
  })

  it('deny what is asked of the machine', () => {
    type Asked = (contents: { getURL(): string }, permission: string, decide: (yes: boolean) => void) => void
    const session = Object.assign(new EventEmitter(), {
      asked: undefined as Asked | undefined,
      device: true,
      setPermissionRequestHandler(handler: Asked) {
        this.asked = handler
      },
      setPermissionCheckHandler: () => undefined,
      setDevicePermissionHandler(handler: () => boolean) {
        this.device = handler()
      },
    })
    guardSession(session as unknown as Session)
    const answers: boolean[] = []
    const ask = (url: string, permission: string) =>
      session.asked?.({ getURL: () => url }, permission, (yes) => answers.push(yes))
    ask('pond://app/', 'media')
    ask('https://evil.example/', 'clipboard-sanitized-write')
    ask('pond://app/#sql', 'clipboard-sanitized-write')
    expect(answers).toEqual([false, false, true])
    expect(session.device).toBe(false)
    expect(isPrevented(session, 'will-download', {})).toBe(true)
  })
})

describe('an address of the app', () => {
  const page: RendererFile = {
    contentType: 'text/html; charset=utf-8',
    etag: '"1"',
    immutable: false,
    read: async () => Buffer.from('<title>DuckPond</title>'),
  }
  const parts = {
    renderer: new Map([['/', page]]),
    bytes: async (request: Request) => Response.json({ bytesFor: new URL(request.url).pathname }),
  }
  const ask = (url: string, method = 'GET') => routeRequest(new Request(url, { method }), parts)

  it('gives the page under a policy that loads nothing foreign', async () => {
    const answer = await ask('pond://app/')
    expect(await answer.text()).toContain('DuckPond')
    const policy = answer.headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/)
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  it('hands bytes to the byte plane', async () => {
    expect(await (await ask('pond://app/bytes/p/content?path=/a&at=head')).json()).toEqual({
      bytesFor: '/bytes/p/content',
    })
    expect((await ask('pond://app/bytes/p/import/i', 'POST')).status).toBe(200)
  })

  it.each(['pond://other/', 'pond://app/nowhere', 'pond://app/../secret', 'pond://app/%2e%2e/secret'])(
    'has nothing at %s',
    async (url) => {
      const answer = await ask(url)
      const isPage = new URL(url).pathname === '/' && new URL(url).host === 'app'
      expect(answer.status).toBe(isPage ? 200 : 404)
    },
  )

  it('takes nothing but reads for the page', async () => {
    expect((await ask('pond://app/', 'POST')).status).toBe(404)
  })
})

describe('the menu', () => {
  const command = (id: string, group: string, key: string | null = null): HostCommand => ({
    id,
    title: `Do ${id}`,
    group,
    key,
    enabled: true,
  })
  const ran: string[] = []
  const model = (change: Partial<MenuModel> = {}): MenuModel => ({
    platform: 'linux',
    productName: 'DuckPond',
    commands: [command('sql.run', 'SQL', 'mod+Enter'), command('pond.open', 'Pond', 'mod+O')],
    recent: [],
    devTools: false,
    run: (id) => ran.push(id),
    openPond: (path) => ran.push(path),
    showReports: () => ran.push('reports'),
    ...change,
  })
  const itemsOf = (template: readonly MenuItemConstructorOptions[], label: string) => {
    const submenu = template.find((menu) => menu.label === label)?.submenu
    return Array.isArray(submenu) ? submenu : []
  }

  it('has every command of the page once, in its group, with its key shown and the page in charge of it', () => {
    const commands = ['a', 'b', 'c'].map((id, i) => command(id, ['Pond', 'SQL', 'Invented'][i] ?? '', `mod+${i}`))
    const template = menuTemplate(model({ commands }))
    const items = template.flatMap((menu) => (Array.isArray(menu.submenu) ? menu.submenu : []))
    for (const { id } of commands) {
      expect(items.filter((item) => item.id === id)).toMatchObject([{ label: `Do ${id}`, registerAccelerator: false }])
    }
    expect(template.map((menu) => menu.label)).toEqual(['Pond', 'Edit', 'SQL', 'View', 'Window', 'Help', 'Invented'])
  })

  it('sends the id of what was chosen', () => {
    ran.length = 0
    const chosen = itemsOf(menuTemplate(model()), 'SQL').find((item) => item.id === 'sql.run')
    ;(chosen?.click as (() => void) | undefined)?.()
    expect(ran).toEqual(['sql.run'])
  })

  it('offers recent ponds that are still there', () => {
    const recent = [
      { path: '/data/a&b', name: 'a&b', openedAt: 2, available: true },
      { path: '/gone', name: 'gone', openedAt: 1, available: false },
    ]
    const item = itemsOf(menuTemplate(model({ recent })), 'Pond').find(({ label }) => label === 'Open recent')
    expect(item?.submenu).toMatchObject([{ label: 'a&&b (/data/a&&b)' }])
  })

  it('is useful before the page has said anything, on every platform', () => {
    for (const platform of ['linux', 'win32', 'darwin']) {
      const template = menuTemplate(model({ platform, commands: [] }))
      expect(itemsOf(template, 'Edit').map((item) => item.role)).toContain('paste')
      const everything = template.flatMap((menu) => (Array.isArray(menu.submenu) ? menu.submenu : []))
      expect(everything.filter((item) => item.role === 'quit')).toHaveLength(1)
    }
  })

  it('keeps development tools out of a packaged app', () => {
    const roles = (devTools: boolean) => itemsOf(menuTemplate(model({ devTools })), 'View').map((item) => item.role)
    expect(roles(true)).toContain('toggleDevTools')
    expect(roles(false)).not.toContain('toggleDevTools')
  })

  it.each([
    ['mod+K', 'CmdOrCtrl+K'],
    ['mod+shift+enter', 'CmdOrCtrl+Shift+Enter'],
    ['F2', 'F2'],
    ['f11', 'F11'],
    ['mod+[', 'CmdOrCtrl+['],
    ['alt+ArrowLeft', 'Alt+Left'],
    ['mod+Ä', undefined],
  ])('spells the key %s as %s', (key, expected) => {
    expect(accelerator(key)).toBe(expected)
  })
})
