import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importFrame } from '../../../shared/bytes'
import type { StagedImport } from '../../../shared/contract'
import type { OnExisting } from './import-targets'
import { call, resultOf, testHost, type TestHost } from '../../../../test/bridge/test-host'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
  await host.handlers.pond.create({ path: join(host.folder, 'pond'), sample: false }, call)
})
afterEach(() => host[Symbol.asyncDispose]())

type Files = Readonly<Record<string, string | Uint8Array | null>>

function bodyOf(files: Files): Uint8Array[] {
  return Object.entries(files).flatMap(([path, content]) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    return [importFrame({ path, size: bytes?.length ?? null }), bytes ?? new Uint8Array(0)]
  })
}

async function* chunksOf(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}

async function begin(files: Files): Promise<string> {
  const { importId } = await host.handlers.files.beginImport(undefined, call)
  await host.session
    .mustWorkspace()
    .import(importId)
    .receive(chunksOf(bodyOf(files)), call.signal)
  return importId
}

async function bring(files: Files, onExisting: OnExisting): Promise<StagedImport> {
  return resultOf(host.handlers.files.finishImport({ importId: await begin(files), onExisting }, call))
}

/** Everything in the pond, by path, with the content of files and the targets of links. */
async function everything(): Promise<Record<string, string>> {
  const { fs } = await host.session.mustWorkspace().pond.moment('pending')
  const found: Record<string, string> = {}
  for await (const { path, node } of fs.visit('/')) {
    if (node.fileType === 'directory') found[path] = '<directory>'
    else if (node.fileType === 'symlink') found[path] = `-> ${await fs.readLink(path)}`
    else found[path] = Buffer.from(await fs.readAll(path)).toString()
  }
  return found
}

/** Files on disk that are somebody's half-done work: anything but what a pond is made of. */
async function leftovers(): Promise<string[]> {
  const all = await readdir(join(host.folder, 'pond'), { recursive: true, withFileTypes: true })
  const files = all.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`)
  return files.filter((path) => !/\/(pond\.json|journal|lock|\d{20}\.json)$/.test(path))
}

describe('an import', () => {
  it('shows nothing until it is finished, then everything in one step', async () => {
    const importId = await begin({ '/a/b.txt': 'b', '/empty': null, '/a/c.txt': '' })
    expect(await everything()).toEqual({})
    const done = await resultOf(host.handlers.files.finishImport({ importId, onExisting: 'refuse' }, call))
    expect(done).toEqual({ files: 2, bytes: 1, staged: 4, displaced: 0, skipped: [] })
    expect(await everything()).toEqual({
      '/a': '<directory>',
      '/a/b.txt': 'b',
      '/a/c.txt': '',
      '/empty': '<directory>',
    })
  })

  it('leaves nothing when it is cancelled, however much had come in', async () => {
    const before = await leftovers()
    const importId = await begin({ '/small.txt': 'small', '/large.bin': new Uint8Array(300_000).fill(7) })
    await host.handlers.files.cancelImport({ importId }, call)
    expect(await everything()).toEqual({})
    expect(await leftovers()).toEqual(before)
    expect((await host.session.mustWorkspace().pond.status()).pendingOperations).toBe(0)
  })

  it('stops what is still coming in when it is cancelled', async () => {
    const { importId } = await host.handlers.files.beginImport(undefined, call)
    let pulled = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield importFrame({ path: '/endless', size: Number.MAX_SAFE_INTEGER })
      for (;;) {
        pulled++
        yield new Uint8Array(65_536)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const receiving = host.session.mustWorkspace().import(importId).receive(endless(), call.signal)
    const refused = receiving.catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 30))
    await host.handlers.files.cancelImport({ importId }, call)
    const before = pulled
    expect(await refused).toMatchObject({ code: 'api.interrupted' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(pulled).toBe(before)
    expect(await leftovers()).toEqual([])
  })

  it('goes with the connection that began it', async () => {
    await begin({ '/large.bin': new Uint8Array(300_000) })
    await host.session.close()
    expect(await leftovers()).toEqual([])
  })

  it('is spoiled by a body that breaks off: half of a file is never staged', async () => {
    const { importId } = await host.handlers.files.beginImport(undefined, call)
    const whole = Buffer.concat(bodyOf({ '/first.txt': 'first', '/second.txt': 'second' }))
    const receiver = host.session.mustWorkspace().import(importId)
    const half = receiver.receive(chunksOf([whole.subarray(0, whole.length - 3)]), call.signal)
    await expect(half).rejects.toMatchObject({ code: 'api.bad-input' })
    const finish = resultOf(host.handlers.files.finishImport({ importId, onExisting: 'replace' }, call))
    await expect(finish).rejects.toMatchObject({ code: 'api.bad-input' })
    expect(await everything()).toEqual({})
  })

  it.each(['/../up', '/a/../../up', `/${'x'.repeat(256)}`, '/nul\0'])('refuses the path %j', async (path) => {
    await expect(begin({ [path]: 'x' })).rejects.toMatchObject({ code: expect.stringMatching(/^tinyfs\./) })
  })

  it('may be finished in another way after it was refused', async () => {
    await bring({ '/a.txt': 'old' }, 'refuse')
    const importId = await begin({ '/a.txt': 'new', '/b.txt': 'b' })
    const refused = resultOf(host.handlers.files.finishImport({ importId, onExisting: 'refuse' }, call))
    await expect(refused).rejects.toMatchObject({ code: 'tinyfs.exists', detail: { paths: ['/a.txt'], count: 1 } })
    expect(await everything()).toEqual({ '/a.txt': 'old' })
    await resultOf(host.handlers.files.finishImport({ importId, onExisting: 'replace' }, call))
    expect(await everything()).toEqual({ '/a.txt': 'new', '/b.txt': 'b' })
  })

  it('knows a whole Parquet file by its content, and nothing else as one', async () => {
    const table = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'n', data: [1, 2, 3], type: 'INT32' }] }))
    const torn = table.slice(0, -1)
    const marksOnly = new TextEncoder().encode('PAR1 no table PAR1')
    const beheaded = new Uint8Array([...table.slice(0, 4), ...table.slice(40)])
    await bring(
      { '/t.dat': table, '/torn.parquet': torn, '/marks.parquet': marksOnly, '/gap.parquet': beheaded },
      'refuse',
    )
    const types = await host.session.mustWorkspace().pond.list('/')
    expect(Object.fromEntries(types.map((entry) => [entry.name, entry.fileType]))).toEqual({
      't.dat': 'file:table',
      'torn.parquet': 'file:data',
      'marks.parquet': 'file:data',
      'gap.parquet': 'file:data',
    })
  })
})

describe('what is in the way of an import', () => {
  const OLD: Files = { '/d/a.csv': 'old', '/d/keep.txt': 'kept', '/file': 'a file' }
  it('is left alone where a file stands for a directory on the way', async () => {
    for (const onExisting of ['replace', 'keep-both', 'skip'] as const) {
      const { skipped, files } = await bring({ '/file/x/y.txt': 'y', '/z': 'z' }, onExisting)
      expect(skipped.map(({ path }) => path)).toContain('/file/x/y.txt')
      expect(files).toBe(onExisting === 'skip' ? 0 : 1)
    }
  })

  const NEW: Files = { '/d': null, '/d/a.csv': 'new', '/d/b.csv': 'b', '/file': null, '/file/x.txt': 'x' }
  beforeEach(() => bring(OLD, 'refuse'))

  it('is replaced: files by files, and a directory is joined; a file is no directory', async () => {
    const { skipped } = await bring(NEW, 'replace')
    expect(skipped).toEqual([{ path: '/file', reason: 'a file is in the way' }])
    expect(await everything()).toEqual({
      '/d': '<directory>',
      '/d/a.csv': 'new',
      '/d/b.csv': 'b',
      '/d/keep.txt': 'kept',
      '/file': 'a file',
    })
  })

  it('is kept beside what comes, which takes the next free name and all that is below it along', async () => {
    await bring(NEW, 'keep-both')
    await bring({ '/d/a.csv': 'newer', '/file': 'another' }, 'keep-both')
    expect(await everything()).toEqual({
      '/d': '<directory>',
      '/d/a (2).csv': 'new',
      '/d/a (3).csv': 'newer',
      '/d/a.csv': 'old',
      '/d/b.csv': 'b',
      '/d/keep.txt': 'kept',
      '/file': 'a file',
      '/file (2)': '<directory>',
      '/file (2)/x.txt': 'x',
      '/file (3)': 'another',
    })
  })

  it('is left as it is, and named, with what would have been below it left out', async () => {
    const { files, skipped } = await bring(NEW, 'skip')
    expect(files).toBe(1)
    expect(skipped.map(({ path }) => path)).toEqual(['/d/a.csv', '/file'])
    expect(await everything()).toEqual({
      '/d': '<directory>',
      '/d/a.csv': 'old',
      '/d/b.csv': 'b',
      '/d/keep.txt': 'kept',
      '/file': 'a file',
    })
  })

  it('stops everything when that is asked for', async () => {
    await expect(bring(NEW, 'refuse')).rejects.toMatchObject({ detail: { paths: ['/d/a.csv', '/file'] } })
  })

  it('is no operation where the content is the same already', async () => {
    expect((await bring({ '/d/a.csv': 'old' }, 'replace')).staged).toBe(0)
  })

  it('leaves no file of large content that is the same already', async () => {
    const large = { '/large.bin': new Uint8Array(300_000) }
    await bring(large, 'replace')
    const before = await leftovers()
    expect(before).toHaveLength(1)
    expect((await bring(large, 'replace')).staged).toBe(0)
    expect(await leftovers()).toEqual(before)
  })
})

describe('two spellings of one name in an import', () => {
  const composed = '/caf\u00e9.txt'
  const decomposed = '/cafe\u0301.txt'
  const twins: Files = { [composed]: 'first', [decomposed]: 'second', '/z.txt': 'z' }

  it.each(['refuse', 'replace', 'skip'] as const)(
    'bring the first, name the second and bring the rest (%s)',
    async (how) => {
      const { files, skipped } = await bring(twins, how)
      const reason = 'another name in this import is the same after Unicode normalisation'
      expect(skipped).toEqual([{ path: decomposed, reason }])
      expect(files).toBe(2)
      expect(await everything()).toEqual({ [composed]: 'first', '/z.txt': 'z' })
    },
  )

  it('are both kept where that is asked for, the second under a free name', async () => {
    expect(await bring(twins, 'keep-both')).toMatchObject({ files: 3, skipped: [] })
    expect(Object.values(await everything()).toSorted()).toEqual(['first', 'second', 'z'])
  })

  it('join two directories, and skip only what both have', async () => {
    const [one, other] = ['/\u00e9', '/e\u0301']
    const both = {
      [one]: null,
      [`${one}/a`]: 'a',
      [`${one}/x`]: 'x',
      [other]: null,
      [`${other}/b`]: 'b',
      [`${other}/x`]: 'y',
    }
    const { skipped } = await bring(both, 'refuse')
    expect(skipped.map(({ path }) => path)).toEqual([`${other}/x`])
    expect(await everything()).toEqual({
      [one]: '<directory>',
      [`${one}/a`]: 'a',
      [`${one}/b`]: 'b',
      [`${one}/x`]: 'x',
    })
  })
})

describe('an import from this machine', () => {
  it('brings a folder with its links, and names what it cannot bring', async () => {
    const source = join(host.folder, 'source')
    await mkdir(join(source, 'deep', 'er'), { recursive: true })
    await writeFile(join(source, 'deep', 'er', 'a.txt'), 'a')
    await writeFile(join(host.folder, 'outside.txt'), 'outside')
    await symlink('er/a.txt', join(source, 'deep', 'inside'))
    await symlink(join(source, 'deep', 'er'), join(source, 'absolute'))
    await symlink('../outside.txt', join(source, 'escape'))
    await symlink('nowhere', join(source, 'dangling'))
    await writeFile(Buffer.concat([Buffer.from(`${source}/`), Buffer.from([0x66, 0xff])]), 'named in Latin')

    const { importId } = await host.handlers.files.beginImport(undefined, call)
    const hostPaths = [source, join(host.folder, 'outside.txt')]
    const came = await resultOf(host.handlers.files.importHostPaths({ importId, destination: '/in', hostPaths }, call))
    expect(came).toMatchObject({ files: 2, bytes: 8 })
    const done = await resultOf(host.handlers.files.finishImport({ importId, onExisting: 'refuse' }, call))
    expect(done.skipped.map(({ reason }) => reason)).toEqual([
      'it is a link that leads out of the folder, to "../outside.txt"',
      'its name is not UTF-8',
    ])
    expect(await everything()).toEqual({
      '/in': '<directory>',
      '/in/outside.txt': 'outside',
      '/in/source': '<directory>',
      '/in/source/absolute': '-> deep/er',
      '/in/source/dangling': '-> nowhere',
      '/in/source/deep': '<directory>',
      '/in/source/deep/er': '<directory>',
      '/in/source/deep/er/a.txt': 'a',
      '/in/source/deep/inside': '-> er/a.txt',
    })
  })

  it('refuses a path that is not there', async () => {
    const { importId } = await host.handlers.files.beginImport(undefined, call)
    const missing = { importId, destination: '/', hostPaths: [join(host.folder, 'missing')] }
    await expect(resultOf(host.handlers.files.importHostPaths(missing, call))).rejects.toMatchObject({
      code: 'host.not-found',
    })
  })
})
