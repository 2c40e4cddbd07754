import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nodeFallbackCache } from './fallback-cache'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'duckpond-fallback-'))
  mkdirSync(join(folder, 'tmp'))
  vi.stubEnv('TMPDIR', join(folder, 'tmp'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})
const cache = async (pond = '/pond') => {
  const { hostPath } = await nodeFallbackCache(pond, { XDG_CACHE_HOME: join(folder, 'cache') })
  return hostPath ?? ''
}
const mine = () => join(folder, 'cache', 'duckpond')

describe.runIf(process.platform !== 'win32')('the cache of a pond that cannot be written', () => {
  it('is the same for every process, apart for each pond, and closed to everybody else', async () => {
    const place = await cache()
    expect(await cache()).toBe(place)
    expect(await cache('/other')).not.toBe(place)
    expect(dirname(place)).toBe(mine())
    expect(statSync(mine()).mode & 0o777).toBe(0o700)
  })

  it.each([
    ['that others can enter', () => (mkdirSync(mine(), { recursive: true }), chmodSync(mine(), 0o755))],
    [
      'that is a link of somebody',
      () => {
        mkdirSync(join(folder, 'trap'), { mode: 0o700 })
        mkdirSync(dirname(mine()))
        symlinkSync(join(folder, 'trap'), mine())
      },
    ],
    ['that is a file', () => (mkdirSync(dirname(mine())), writeFileSync(mine(), ''))],
  ])('is elsewhere than in a folder %s', async (_, plant) => {
    plant()
    const place = await cache()
    expect(place.startsWith(join(folder, 'tmp', 'duckpond-cache-'))).toBe(true)
    expect(statSync(dirname(place)).mode & 0o777).toBe(0o700)
  })

  it.runIf(process.getuid?.() === 0)(
    'trusts no folder of another user, and no name that can be guessed then',
    async () => {
      for (const path of [mine(), join(folder, 'tmp', 'duckpond-cache-0')]) {
        mkdirSync(path, { recursive: true, mode: 0o700 })
        chownSync(path, 12_345, 12_345)
      }
      const [one, other] = [await cache(), await cache()]
      expect(one).not.toBe(other)
      for (const place of [one, other]) {
        expect(dirname(place)).toBe(join(folder, 'tmp'))
        expect(statSync(place)).toMatchObject({ uid: 0 })
        expect(statSync(place).mode & 0o777).toBe(0o700)
      }
    },
  )
})
