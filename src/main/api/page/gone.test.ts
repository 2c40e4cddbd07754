import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call, testHost, type TestHost } from '../../../../test/bridge/test-host'
import { PondError } from '../../../shared/errors'
import { createBytePlane } from './bytes'
import { goneOr } from './gone'

let host: TestHost
let folder: string
beforeEach(async () => {
  host = await testHost()
  folder = join(host.folder, 'pond')
  await host.handlers.pond.create({ path: folder, sample: true }, call)
})
afterEach(() => host[Symbol.asyncDispose]())

/** What a page is told of a call. */
async function told(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work()
    return 'fine'
  } catch (error) {
    return goneOr(error, host.session.workspace?.folder)
  }
}

describe('a pond whose folder is moved while it is open', () => {
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    status: () => host.handlers.changes.status(undefined, call),
    info: () => host.handlers.pond.info(undefined, call),
    stat: () => host.handlers.files.stat({ path: '/', at: 'pending' }, call),
    makeDirectory: () => host.handlers.files.makeDirectory({ path: '/new', parents: false }, call),
  }

  it.each(Object.keys(calls))(
    'says so to %s, makes nothing in its place, and goes on when it is back',
    async (name) => {
      await rename(folder, `${folder}-moved`)
      expect(await told(calls[name]!)).toMatchObject({
        code: 'steward.gone',
        message: `the folder of this pond is gone: ${folder}`,
        detail: { path: folder },
      })
      expect(await readdir(host.folder)).not.toContain('pond')
      await rename(`${folder}-moved`, folder)
      expect(await told(calls[name]!)).toBe('fine')
    },
  )

  it('says so to who reads bytes', async () => {
    const { pondId } = host.session.mustWorkspace().pond
    await rm(folder, { recursive: true })
    const bytes = createBytePlane(host.hub)
    const answer = await bytes(new Request(`http://127.0.0.1/bytes/${pondId}/content?path=/x&at=pending`))
    expect(answer.status).toBe(410)
    expect(await answer.json()).toMatchObject({ code: 'steward.gone' })
  })

  it('can be closed', async () => {
    await rm(folder, { recursive: true })
    await host.handlers.pond.close(undefined, call)
    expect(host.session.workspace).toBeUndefined()
  })
})

describe('a failure that is another', () => {
  it('stays what it is: one missing file of a pond that is there, and what is no missing file', async () => {
    const missing = new PondError('platform.not-found', 'x')
    expect(await goneOr(missing, folder)).toBe(missing)
    expect(await goneOr(missing, undefined)).toBe(missing)
    await rm(folder, { recursive: true })
    const other = new PondError('tinyfs.not-found', 'x')
    expect(await goneOr(other, folder)).toBe(other)
    await mkdir(folder)
    await writeFile(join(folder, 'pond.json'), '')
    expect(await goneOr(missing, folder)).toBe(missing)
  })
})
