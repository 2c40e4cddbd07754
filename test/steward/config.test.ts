import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import { SimStorage } from '../../src/main/platform/sim'
import { CONFIG_KEYS, DEFAULT_CONFIG, readConfig, withSetting, writeConfig } from '../../src/main/steward/ground/config'
import { ConfigFile } from '../../src/main/steward/ground/config-file'
import { TestPond } from './test-pond'

describe('settings', () => {
  const config = fc.record({
    'autocommit.bytes': fc.option(fc.integer({ min: 1 })),
    autosync: fc.boolean(),
    author: fc.option(fc.constantFrom('Ada', 'Grace Hopper <grace@example.org>')),
    'cache.bytes': fc.integer({ min: 2 ** 20 }),
    'query.memoryBytes': fc.option(fc.integer({ min: 2 ** 26 })),
    views: fc.dictionary(fc.constantFrom('/a', '/b/c'), fc.constantFrom('/raw/**/*.csv', '/x/*')),
  })

  it('read back as they were written, key by key or whole', () => {
    fc.assert(
      fc.property(config, (wanted) => {
        expect(readConfig(JSON.parse(JSON.stringify(writeConfig(wanted))))).toEqual({
          config: wanted,
          wrong: new Map(),
        })
        const set = CONFIG_KEYS.reduce((so, key) => withSetting(so, key, wanted[key]), DEFAULT_CONFIG)
        expect(set).toEqual(wanted)
        expect(CONFIG_KEYS.reduce((so, key) => withSetting(so, key, null), set)).toEqual(DEFAULT_CONFIG)
      }),
    )
  })

  it('may be given as people type them', () => {
    expect(withSetting(DEFAULT_CONFIG, 'autocommit.bytes', '64MiB')['autocommit.bytes']).toBe(2 ** 26)
    expect(withSetting(DEFAULT_CONFIG, 'autocommit.bytes', '1.5 k')['autocommit.bytes']).toBe(1536)
    expect(withSetting(DEFAULT_CONFIG, 'autosync', 'on').autosync).toBe(true)
    expect(withSetting(DEFAULT_CONFIG, 'views', '{"by//day":"/raw/*"}').views).toEqual({ '/by/day': '/raw/*' })
    const one = withSetting(DEFAULT_CONFIG, 'views./by/day', '/raw/*')
    expect(one.views).toEqual({ '/by/day': '/raw/*' })
    expect(withSetting(one, 'views./by/day', null).views).toEqual({})
  })

  it('are refused by name where the key or the value is none', () => {
    const refusal = (key: string, value: string | number): unknown => {
      try {
        return withSetting(DEFAULT_CONFIG, key, value)
      } catch (error) {
        return isPondError(error) ? [error.code, error.detail['candidates'] ?? error.detail['key']] : error
      }
    }
    expect(refusal('autosink', 'on')).toEqual(['steward.unknown-setting', ['autosync']])
    expect(refusal('toString', 'on')).toEqual(['steward.unknown-setting', []])
    for (const [key, value] of [
      ['autocommit.bytes', 0],
      ['autocommit.bytes', '-1'],
      ['autocommit.bytes', 1.5],
      ['autosync', 'maybe'],
      ['author', 'two\nlines'],
      ['author', ''],
      ['cache.bytes', '1K'],
      ['query.memoryBytes', '1K'],
      ['views', '[]'],
      ['views', '{"/a": 1}'],
      ['views./', '/raw/*'],
    ] as const)
      expect(refusal(key, value)).toEqual(['steward.bad-setting', key])
  })
})

describe('config.json', () => {
  const written = async (text: string): Promise<ConfigFile> => {
    const storage = new SimStorage()
    const writer = await storage.create('config.json')
    await writer.write(new TextEncoder().encode(text))
    await writer.close()
    return new ConfigFile(storage)
  }

  it('is seen by every process that has the pond open, as soon as it is set', async () => {
    const first = await TestPond.create()
    const second = await first.another()
    expect(await second.engine.config()).toEqual(DEFAULT_CONFIG)
    await first.engine.setConfig('author', 'Ada')
    expect((await second.engine.config()).author).toBe('Ada')
    await second.engine.setConfig('author', null)
    expect((await first.engine.config()).author).toBeNull()
  })

  it.each([
    ['is not JSON', '{'],
    ['is no object', '[]'],
    ['has a key that is not known', '{"autosink": true}'],
    ['has a value that cannot be', '{"autosync": "perhaps"}'],
  ])('is refused whole where it %s', async (_, text) => {
    await expect((await written(text)).read()).rejects.toMatchObject({ code: 'steward.corrupt-config' })
  })

  it('that cannot be used keeps anything from being staged or committed on it', async () => {
    const pond = await TestPond.create()
    await pond.put('/a', 'a')
    const writer = await pond.storage.create('config.json')
    await writer.write(new TextEncoder().encode('{"autocommit.bytes": "much"}'))
    await writer.close()
    await expect(pond.put('/b', 'b')).rejects.toMatchObject({ code: 'steward.corrupt-config' })
    await expect(pond.engine.commit({})).rejects.toMatchObject({ code: 'steward.corrupt-config' })
    expect(await pond.engine.status()).toMatchObject({ version: 0, pendingOperations: 1 })
    await pond.engine.setConfig('autocommit.bytes', null)
    await pond.put('/b', 'b')
    expect(await pond.tree()).toEqual(['/a', '/b'])
  })

  it('can be mended by setting or clearing what is wrong in it', async () => {
    const unknown = await written('{"autosink": true, "author": "Ada"}')
    expect(await unknown.set('author', 'Bo')).toEqual({ ...DEFAULT_CONFIG, author: 'Bo' })
    expect(await unknown.set('autosink', null)).toEqual({ ...DEFAULT_CONFIG, author: 'Bo' })
    expect(await unknown.read()).toEqual({ ...DEFAULT_CONFIG, author: 'Bo' })
    const wrong = await written('{"autosync": "perhaps"}')
    expect((await wrong.set('autosync', true)).autosync).toBe(true)
  })

  it('with several wrong keys names them all, and is mended one by one', async () => {
    const file = await written('{"foo": 1, "autosync": "perhaps", "author": "Ada", "views": {"/a": 1}}')
    await expect(file.read()).rejects.toMatchObject({
      code: 'steward.corrupt-config',
      detail: { keys: ['foo', 'autosync', 'views'] },
    })
    await expect(file.set('bar', null)).rejects.toMatchObject({ code: 'steward.unknown-setting' })
    await expect(file.set('author', 'two\nlines')).rejects.toMatchObject({ code: 'steward.bad-setting' })
    await expect(file.set('views./b', '/raw/*')).rejects.toMatchObject({ code: 'steward.corrupt-config' })
    await file.set('foo', null)
    await expect(file.read()).rejects.toMatchObject({ detail: { keys: ['autosync', 'views'] } })
    await file.set('autosync', null)
    await file.set('views', null)
    expect(await file.read()).toEqual({ ...DEFAULT_CONFIG, author: 'Ada' })
  })

  it('has the old settings or the new ones wherever its writing was cut short', async () => {
    for (let k = 1; ; k++) {
      const pond = await TestPond.create()
      await pond.engine.setConfig('author', 'before')
      const writing = await pond.another()
      writing.storage.crashAt(k)
      const crashed = await writing.engine.setConfig('author', 'after').then(
        () => false,
        () => true,
      )
      for (const loss of ['nothing-lost', 'all-unsynced-lost', k, 7_919 * k] as const) {
        const again = await pond.another(writing.storage.afterCrash(loss))
        const { author } = await again.engine.config()
        expect(crashed ? ['before', 'after'] : ['after']).toContain(author)
        expect((await again.engine.setConfig('autosync', true)).author).toBe(author)
      }
      if (crashed) continue
      expect(k).toBeGreaterThan(4)
      return
    }
  })
})
