import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { placeOfCompiledCode } from './compile-cache'

async function cache(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pond-compiled-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

describe('the place of compiled code', () => {
  it('is in the cache of this user, and nobody else can enter it', async () => {
    const folder = await cache()
    const place = placeOfCompiledCode({ XDG_CACHE_HOME: folder })
    expect(place).toBe(join(folder, 'duckpond', 'compiled'))
  })

  it.skipIf(process.platform === 'win32')('is not one that others can write to', async () => {
    const folder = await cache()
    const place = join(folder, 'duckpond', 'compiled')
    await mkdir(place, { recursive: true })
    await chmod(place, 0o777)
    expect(placeOfCompiledCode({ XDG_CACHE_HOME: folder })).toBeNull()
  })

  it('is none where the user wants none, or the folder cannot be made', async () => {
    const folder = await cache()
    expect(placeOfCompiledCode({ XDG_CACHE_HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' })).toBeNull()
    expect(placeOfCompiledCode({ XDG_CACHE_HOME: '/dev/null' })).toBeNull()
  })
})
