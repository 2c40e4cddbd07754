import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CopiedOut } from './host-folder'
import { call, resultOf, testHost, type TestHost } from '../../../../test/bridge/test-host'

let host: TestHost
let out: string
beforeEach(async () => {
  host = await testHost()
  out = join(host.folder, 'out')
  await mkdir(out)
  await host.handlers.pond.create({ path: join(host.folder, 'pond'), sample: false }, call)
  const { pond } = host.session.mustWorkspace()
  const content = await pond.prepare([new TextEncoder().encode('content')])
  await pond.stage(async (fs) => {
    await fs.put('/d/a.txt', content, { parents: true })
    await fs.put('/d/sub/b.txt', content, { parents: true })
    await fs.createSymlink('/d/up', 'sub/b.txt')
    await fs.createSymlink('/d/out', '/elsewhere')
    await fs.createSymlink('/alias', 'd/a.txt')
  })
})
afterEach(() => host[Symbol.asyncDispose]())

function copy(paths: readonly string[], replace = false): Promise<CopiedOut> {
  return resultOf(host.handlers.files.exportTo({ paths: [...paths], at: 'pending', folder: out, replace }, call))
}

describe('copying out to a folder', () => {
  it('makes the tree again, with the links that stay inside it, and names the others', async () => {
    const done = await copy(['/d'])
    expect(done).toMatchObject({ files: 2, bytes: 14 })
    expect(done.skipped).toEqual([{ path: '/d/out', reason: 'it is a link that leads out of what is copied' }])
    expect((await readdir(out, { recursive: true })).sort()).toEqual(['d', 'd/a.txt', 'd/sub', 'd/sub/b.txt', 'd/up'])
    expect(await readlink(join(out, 'd', 'up'))).toBe('sub/b.txt')
    expect(await readFile(join(out, 'd', 'up'), 'utf8')).toBe('content')
  })

  it('follows a link that is asked for by name', async () => {
    expect(await copy(['/alias'])).toMatchObject({ files: 1 })
    expect(await readFile(join(out, 'alias'), 'utf8')).toBe('content')
  })

  it('copies the whole pond into the folder itself', async () => {
    await copy(['/'])
    expect((await readdir(out)).sort()).toEqual(['alias', 'd'])
  })

  it('replaces nothing unless asked, and leaves no half file either way', async () => {
    await writeFile(join(out, 'alias'), 'mine')
    expect((await copy(['/alias'])).skipped).toEqual([{ path: '/alias', reason: 'it is there already' }])
    expect(await readFile(join(out, 'alias'), 'utf8')).toBe('mine')
    await copy(['/alias'], true)
    expect(await readFile(join(out, 'alias'), 'utf8')).toBe('content')
    expect(await readdir(out)).toEqual(['alias'])
  })

  it('never writes through a link of the host, nor replaces it', async () => {
    const elsewhere = join(host.folder, 'elsewhere')
    await mkdir(elsewhere)
    await writeFile(join(host.folder, 'precious'), 'precious')
    await symlink(elsewhere, join(out, 'd'))
    await symlink(join(host.folder, 'precious'), join(out, 'alias'))
    const { skipped } = await copy(['/d', '/alias'], true)
    expect(skipped[0]).toEqual({ path: '/d', reason: 'something that is no folder is in the way' })
    expect(await readdir(elsewhere)).toEqual([])
    expect(await readFile(join(host.folder, 'precious'), 'utf8')).toBe('precious')
    expect(skipped[1]).toEqual({ path: '/alias', reason: 'a link is in the way' })
    expect(await readlink(join(out, 'alias'))).toBe(join(host.folder, 'precious'))
  })

  it('goes into none of the files that the pond is made of', async () => {
    const pond = join(host.folder, 'pond')
    await host.session.mustWorkspace().pond.stage((fs) => fs.createDirectory('/data'))
    await symlink(join(pond, 'data'), join(host.folder, 'shortcut'))
    for (const [paths, folder] of [
      [['/d'], join(pond, 'data')],
      [['/d'], join(host.folder, 'shortcut')],
      [['/data'], pond],
      [['/'], pond],
    ] as const) {
      const into = resultOf(
        host.handlers.files.exportTo({ paths: [...paths], at: 'pending', folder, replace: true }, call),
      )
      await expect(into).rejects.toMatchObject({ code: 'host.inside-pond' })
    }
    expect(await resultOf(host.handlers.pond.verify({ quick: false }, call))).toMatchObject({ ok: true })
  })

  it.each([
    ['missing', 'host.not-found'],
    ['file', 'host.not-a-folder'],
  ])('is refused into %s', async (name, code) => {
    await writeFile(join(host.folder, 'file'), '')
    const into = { paths: ['/d'], at: 'pending', folder: join(host.folder, name), replace: false }
    await expect(resultOf(host.handlers.files.exportTo(into, call))).rejects.toMatchObject({ code })
  })
})
