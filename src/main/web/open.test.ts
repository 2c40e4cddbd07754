import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPlaces, findBrowser, hasDisplay, openAppWindow } from './open'

let folder: string

/** A program that stands for a browser. */
async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-open-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the browser for the app window', () => {
  it('is looked for where each platform has it', () => {
    expect(browserPlaces('linux', { PATH: '/usr/bin:/snap/bin' })).toContain('/snap/bin/chromium')
    expect(browserPlaces('darwin', { HOME: '/Users/ada' })).toContain(
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    )
    expect(browserPlaces('win32', { PROGRAMFILES: 'C:\\Program Files' })).toContain(
      'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe',
    )
  })

  it('never comes from a relative folder of the search path', () => {
    expect(browserPlaces('linux', { PATH: '.::bin' })).toEqual([])
  })

  it.runIf(process.platform === 'linux')('is the first one that can be run', async () => {
    const bin = join(folder, 'bin')
    await mkdir(bin)
    expect(findBrowser('linux', { PATH: bin })).toBeUndefined()
    await writeFile(join(bin, 'chromium'), 'not executable')
    expect(findBrowser('linux', { PATH: bin })).toBeUndefined()
    await chmod(join(bin, 'chromium'), 0o755)
    expect(findBrowser('linux', { PATH: bin })).toBe(join(bin, 'chromium'))
  })

  it('needs a display to be seen on', () => {
    expect(hasDisplay('linux', {})).toBe(false)
    expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true)
    expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true)
    expect(hasDisplay('darwin', {})).toBe(true)
    expect(hasDisplay('darwin', { SSH_CONNECTION: 'x' })).toBe(false)
  })
})

describe.runIf(process.platform === 'linux')('the app window', () => {
  it('is none when the browser ends at once', async () => {
    expect(await openAppWindow(await program('broken', 'exit 1'), 'http://127.0.0.1/')).toBeUndefined()
    expect(await openAppWindow(join(folder, 'missing'), 'http://127.0.0.1/')).toBeUndefined()
  })

  it('is open until it is closed, with a profile of its own that goes with it', async () => {
    const said = join(folder, 'said')
    const browser = await program('browser', `echo "$@" > ${said}; exec sleep 30`)
    const window = await openAppWindow(browser, 'http://127.0.0.1:1/?token=x')
    const { readFile, access } = await import('node:fs/promises')
    const words = await readFile(said, 'utf8')
    expect(words).toContain('--app=http://127.0.0.1:1/?token=x')
    const profile = /--user-data-dir=(\S+)/.exec(words)?.[1] ?? ''
    await access(profile)
    window?.close()
    await window?.closed
    await expect(access(profile)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
