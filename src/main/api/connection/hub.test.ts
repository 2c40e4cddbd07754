import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configFolder } from '../../platform/node'
import { Config } from './config'
import { createHandlers } from '../index'
import { call, lastOf, testHost, type TestHost } from '../../../../test/bridge/test-host'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
})
afterEach(() => host[Symbol.asyncDispose]())

const pondPath = () => join(host.folder, 'pond')

describe('connections of one host', () => {
  it('share an open pond until the last of them leaves', async () => {
    await host.handlers.pond.create({ path: pondPath(), sample: false }, call)
    const second = host.hub.connect()
    await createHandlers(second).pond.open({ path: pondPath() }, call)
    expect(second.mustWorkspace().pond).toBe(host.session.mustWorkspace().pond)
    await second.close()
    expect((await host.handlers.pond.info(undefined, call)).name).toBe('pond')
    const { pond } = host.session.mustWorkspace()
    await host.session.close()
    const third = host.hub.connect()
    await createHandlers(third).pond.open({ path: pondPath() }, call)
    expect(third.mustWorkspace().pond).not.toBe(pond)
  })

  it('keep their pond when the next one cannot be opened', async () => {
    await host.handlers.pond.create({ path: pondPath(), sample: false }, call)
    const missing = host.handlers.pond.open({ path: join(host.folder, 'missing') }, call)
    await expect(missing).rejects.toMatchObject({ code: 'steward.not-a-pond' })
    expect((await host.handlers.pond.info(undefined, call)).name).toBe('pond')
  })

  it('never have a pond and a copy of it open at once, because both go by one id', async () => {
    await host.handlers.pond.create({ path: pondPath(), sample: false }, call)
    await cp(pondPath(), join(host.folder, 'copy'), { recursive: true })
    const second = createHandlers(host.hub.connect())
    const copy = second.pond.open({ path: join(host.folder, 'copy') }, call)
    await expect(copy).rejects.toMatchObject({ code: 'api.copy-open', detail: { other: pondPath() } })
    await host.handlers.pond.close(undefined, call)
    expect((await second.pond.open({ path: join(host.folder, 'copy') }, call)).name).toBe('copy')
  })

  it('find an import or a result only through the pond it belongs to', async () => {
    const { pondId } = await host.handlers.pond.create({ path: pondPath(), sample: false }, call)
    const { importId } = await host.handlers.files.beginImport(undefined, call)
    expect(host.hub.owner(pondId, 'imports', importId)).toBe(host.session.mustWorkspace())
    expect(() => host.hub.owner(pondId, 'runs', importId)).toThrow(expect.objectContaining({ code: 'api.not-found' }))
    expect(() => host.hub.owner('other', 'imports', importId)).toThrow(expect.objectContaining({ code: 'api.no-pond' }))
  })

  it('stop a query with the connection that started it', async () => {
    await host.handlers.pond.create({ path: pondPath(), sample: false }, call)
    const sql = 'SELECT count(*) FROM range(100000000) a, range(1000) b'
    const states = host.handlers.queries.run({ sql, at: 'head' }, call)
    setTimeout(() => void host.session.close(), 100)
    expect((await lastOf(states)).state).toBe('cancelled')
  })
})

describe('what a user is remembered by', () => {
  it('is the ponds opened last, newest first, each once, and whether they are still there', async () => {
    const other = join(host.folder, 'other')
    await host.handlers.pond.create({ path: pondPath(), sample: false }, call)
    await host.handlers.pond.create({ path: other, sample: false }, call)
    await host.handlers.pond.open({ path: pondPath() }, call)
    const recent = await host.handlers.host.recent(undefined, call)
    expect(recent.map(({ name, available }) => [name, available])).toEqual([
      ['pond', true],
      ['other', true],
    ])
    await writeFile(join(host.folder, 'config', 'gone.json'), '')
    await host.hub.config.remember(join(host.folder, 'gone'), 1)
    expect((await host.handlers.host.recent(undefined, call))[0]).toMatchObject({ name: 'gone', available: false })
    await host.handlers.host.forget({ path: other }, call)
    expect((await host.handlers.host.recent(undefined, call)).map(({ name }) => name)).toEqual(['gone', 'pond'])
  })

  it.each(['', 'null', '{}', '[1, {"path": 7}]', '{"half": '])('is nothing where the file says %j', async (text) => {
    const config = new Config(join(host.folder, 'damaged'))
    await mkdir(join(host.folder, 'damaged'))
    await writeFile(join(host.folder, 'damaged', 'recent.json'), text)
    expect(await config.recent()).toEqual([])
    await config.remember('/data/a', 1)
    expect(await config.recent()).toMatchObject([{ path: '/data/a' }])
  })

  it('loses nothing when much is remembered at once', async () => {
    const config = new Config(join(host.folder, 'busy'))
    await Promise.all(Array.from({ length: 15 }, (_, i) => config.remember(`/data/${i}`, i)))
    expect(await config.recent()).toHaveLength(15)
    expect(JSON.parse(await readFile(join(host.folder, 'busy', 'recent.json'), 'utf8'))).toHaveLength(15)
  })

  it('is nothing, and ponds open all the same, where it cannot be kept', async () => {
    await writeFile(join(host.folder, 'config'), 'no folder')
    await host.handlers.pond.create({ path: pondPath(), sample: false }, call)
    expect((await host.handlers.pond.info(undefined, call)).name).toBe('pond')
    expect(await host.handlers.host.recent(undefined, call)).toEqual([])
    expect(host.reports).toHaveLength(1)
  })

  it('is kept where each platform keeps such things', () => {
    expect(configFolder({ DUCKPOND_CONFIG: '/tmp/x', XDG_CONFIG_HOME: '/y' }, 'linux')).toBe('/tmp/x')
    expect(configFolder({ XDG_CONFIG_HOME: '/y' }, 'linux')).toBe('/y/duckpond')
    expect(configFolder({}, 'darwin')).toMatch(/Library\/Application Support\/DuckPond$/)
  })
})

describe('folders to choose from', () => {
  it('say which are ponds and where one may write, and hide what is hidden', async () => {
    await host.handlers.pond.create({ path: pondPath(), sample: false }, call)
    await mkdir(join(host.folder, '.hidden'))
    await writeFile(join(host.folder, 'file'), '')
    const listed = await host.handlers.host.folders({ path: host.folder }, call)
    expect(listed).toMatchObject({ writable: true, isPond: false })
    expect(listed.folders.map(({ name, isPond }) => [name, isPond])).toEqual([
      ['config', false],
      ['pond', true],
    ])
    const made = await host.handlers.host.makeFolder({ parent: host.folder, name: 'new one' }, call)
    expect(made).toMatchObject({ path: join(host.folder, 'new one'), parent: host.folder, folders: [] })
  })

  it.each([
    ['missing', 'host.not-found'],
    ['file', 'host.not-a-folder'],
  ])('cannot be listed at %s', async (name, code) => {
    await writeFile(join(host.folder, 'file'), '')
    const listing = host.handlers.host.folders({ path: join(host.folder, name) }, call)
    await expect(listing).rejects.toMatchObject({ code })
  })

  it.each([
    ['..', 'tinyfs.bad-name'],
    ['a/b', 'tinyfs.bad-name'],
    ['config', 'host.exists'],
  ])('cannot be made as %s', async (name, code) => {
    await mkdir(join(host.folder, 'config'), { recursive: true })
    await expect(host.handlers.host.makeFolder({ parent: host.folder, name }, call)).rejects.toMatchObject({ code })
  })
})
