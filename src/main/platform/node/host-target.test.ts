import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { boundFolder, immutable, makePipe, MAY_NOT, smallDisk } from '../testing/mounts'
import { mustBeOutsidePonds } from './host-guard'
import { openHostTarget } from './host-target'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'duckpond-target-'))
  mkdirSync(join(folder, 'work'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (...names: string[]) => join(folder, ...names)
const read = (name: string) => readFileSync(at(name), 'utf8')
const isRoot = process.getuid?.() === 0

/** Puts content at a place as every host does. */
async function put(path: string, content: string, { replace = true, signal = AbortSignal.timeout(5_000) } = {}) {
  const target = await openHostTarget(path, { replace, ponds: [], workFolder: async () => at('work') })
  try {
    writeFileSync(target.temp, content)
    await target.put(signal)
  } finally {
    await target.drop()
  }
}

describe('a target that is a file', () => {
  it('is made, or replaced only when asked, and nothing else is left', async () => {
    await put(at('x'), 'one', { replace: false })
    await expect(put(at('x'), 'two', { replace: false })).rejects.toMatchObject({ code: 'host.exists' })
    expect(read('x')).toBe('one')
    await put(at('x'), 'two')
    expect(read('x')).toBe('two')
    expect(readdirSync(folder).sort()).toEqual(['work', 'x'])
  })

  it('is not taken from somebody who made one meanwhile', async () => {
    const target = await openHostTarget(at('x'), { replace: false, ponds: [], workFolder: async () => at('work') })
    writeFileSync(target.temp, 'ours')
    writeFileSync(at('x'), 'theirs')
    await expect(target.put()).rejects.toMatchObject({ code: 'host.exists' })
    expect(read('x')).toBe('theirs')
  })

  it('keeps its mode and its owner', async () => {
    writeFileSync(at('x'), 'old')
    chmodSync(at('x'), 0o640)
    if (isRoot) chownSync(at('x'), 12_345, 23_456)
    await put(at('x'), 'new')
    const { mode, uid, gid } = statSync(at('x'))
    expect(mode & 0o7777).toBe(0o640)
    if (isRoot) expect([uid, gid]).toEqual([12_345, 23_456])
  })

  it('that others may not read is replaced by nothing that they may read on its way', async () => {
    writeFileSync(at('x'), 'old', { mode: 0o600 })
    const target = await openHostTarget(at('x'), { replace: true, ponds: [], workFolder: async () => at('work') })
    writeFileSync(target.temp, 'secret')
    expect(statSync(dirname(target.temp)).mode & 0o777).toBe(0o700)
    await target.put()
    await target.drop()
    expect(statSync(at('x')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).sort()).toEqual(['work', 'x'])
  })

  it('leaves other names of the old file with the old content', async () => {
    writeFileSync(at('x'), 'old')
    linkSync(at('x'), at('other'))
    await put(at('x'), 'new')
    expect([read('x'), read('other')]).toEqual(['new', 'old'])
  })

  it('that may not be written is refused before anything is done', async ({ skip }) => {
    writeFileSync(at('x'), 'old')
    using fixed = immutable(at('x'))
    if (fixed === null) return skip('this file system has no immutable files')
    await expect(put(at('x'), 'new')).rejects.toMatchObject({ code: 'host.unwritable' })
    expect(read('x')).toBe('old')
    expect(readdirSync(folder).sort()).toEqual(['work', 'x'])
  })

  it('on a disk that is read only is refused', async ({ skip }) => {
    mkdirSync(at('d'))
    writeFileSync(at('d', 'x'), 'old')
    using mount = boundFolder(at('d'), true)
    if (mount === null) return skip(MAY_NOT)
    await expect(put(join(mount.path, 'x'), 'new')).rejects.toMatchObject({ code: 'host.unwritable' })
  })

  it('that a full disk has no room for stays as it was', async ({ skip }) => {
    using disk = smallDisk(64 * 1024)
    if (disk === null) return skip(MAY_NOT)
    const path = join(disk.path, 'x')
    await put(path, 'old')
    const target = await openHostTarget(path, { replace: true, ponds: [], workFolder: async () => at('work') })
    expect(() => writeFileSync(target.temp, 'n'.repeat(100_000))).toThrow('ENOSPC')
    await target.drop()
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(disk.path)).toEqual(['x'])
  })

  it.each([
    ['a folder', 'work', 'host.exists'],
    ['in a folder that is not there', 'missing/x', 'host.not-found'],
    ['below a file', 'file/x', 'host.not-a-folder'],
    ['with a name that is too long', 'n'.repeat(300), 'host.unwritable'],
    ['behind links that go in circles', 'circle/x', 'host.not-found'],
  ])('is refused where it is %s', async (_, name, code) => {
    writeFileSync(at('file'), '')
    symlinkSync(at('circle'), at('circle'))
    await expect(put(at(name), 'new')).rejects.toMatchObject({ code })
  })
})

describe('a target that is a link', () => {
  it('stays one: the file it leads to is replaced', async () => {
    mkdirSync(at('far'))
    writeFileSync(at('far', 'x'), 'old')
    symlinkSync(at('far', 'x'), at('link'))
    await expect(put(at('link'), 'new', { replace: false })).rejects.toMatchObject({ code: 'host.exists' })
    await put(at('link'), 'new')
    expect(readlinkSync(at('link'))).toBe(at('far', 'x'))
    expect(read('far/x')).toBe('new')
    expect(readdirSync(at('far'))).toEqual(['x'])
  })

  it('that leads nowhere is refused', async () => {
    symlinkSync(at('nowhere'), at('link'))
    await expect(put(at('link'), 'new')).rejects.toMatchObject({ code: 'host.not-found' })
    await expect(put(at('link'), 'new', { replace: false })).rejects.toMatchObject({ code: 'host.exists' })
    expect(readlinkSync(at('link'))).toBe(at('nowhere'))
  })
})

describe('a target that is no file', () => {
  it('is written into, and stays: a device', async () => {
    await put('/dev/null', 'content', { replace: false })
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
    symlinkSync('/dev/null', at('null'))
    await put(at('null'), 'content')
    expect(readlinkSync(at('null'))).toBe('/dev/null')
    await expect(put('/dev/full', 'content')).rejects.toMatchObject({ code: 'platform.no-space' })
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true)
  })

  it('is written into, and stays: a pipe', async () => {
    makePipe(at('pipe'))
    const content = 'line\n'.repeat(200_000)
    // It waits for its reader.
    const putting = put(at('pipe'), content)
    const reader = spawn('cat', [at('pipe')], { stdio: ['ignore', 'pipe', 'inherit'] })
    let found = ''
    reader.stdout.setEncoding('utf8').on('data', (text: string) => (found += text))
    await Promise.all([putting, once(reader, 'close')])
    expect(found === content).toBe(true)
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true)
    expect(readdirSync(at('work'))).toEqual([])
  })

  it('says so when the reader of a pipe goes away', async () => {
    makePipe(at('pipe'))
    const reader = spawn('head', ['-c', '5', at('pipe')], { stdio: 'ignore' })
    const putting = put(at('pipe'), 'line\n'.repeat(200_000))
    await expect(putting).rejects.toMatchObject({ code: 'platform.io' })
    if (reader.exitCode === null) await once(reader, 'close')
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true)
  })

  it('waits for the reader of a pipe only until it is told to stop', async () => {
    makePipe(at('pipe'))
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 20)
    await expect(put(at('pipe'), 'x', { signal: stop.signal })).rejects.toMatchObject({ code: 'platform.cancelled' })
  })

  it('is refused, and stays: a socket', async () => {
    const server = createServer()
    await once(server.listen(at('socket')), 'listening')
    await expect(put(at('socket'), 'content')).rejects.toMatchObject({ code: 'host.unwritable' })
    expect(lstatSync(at('socket')).isSocket()).toBe(true)
    server.close()
  })
})

describe('the files that a pond is made of', () => {
  const pond = () => at('pond')
  beforeEach(() => {
    mkdirSync(join(pond(), 'data', 'deep'), { recursive: true })
    mkdirSync(join(pond(), 'pending'))
    mkdirSync(join(pond(), 'mine'))
    writeFileSync(join(pond(), 'pond.json'), '{}')
    writeFileSync(join(pond(), 'pending', 'journal'), 'journal')
  })
  const refused = { code: 'host.inside-pond' }

  it.each([
    'data',
    'data/x',
    'data/deep/new/x',
    'pending/journal',
    'pond.json',
    'config.json',
    'cache/x',
    'large/x',
    'foreign/x',
    '../pond/data/x',
    'mine/../pending/x',
  ])('are no target, also of a pond that nobody has open (%s)', async (name) => {
    await expect(mustBeOutsidePonds([], `${pond()}/${name}`)).rejects.toMatchObject(refused)
  })

  it.each(['x', 'mine/x', 'mine/data/x', 'data.csv', '.'])('may have other files beside them (%s)', async (name) => {
    await mustBeOutsidePonds([pond()], join(pond(), name))
  })

  it('are no target under another spelling where spelling does not matter', async () => {
    const other = join(pond(), 'Data', 'x')
    await mustBeOutsidePonds([], other)
    // As a file system says that overlooks the case of letters: both names are one file.
    linkSync(join(pond(), 'pond.json'), join(pond(), 'POND.JSON'))
    await expect(mustBeOutsidePonds([], other)).rejects.toMatchObject(refused)
  })

  it('are no target by a link', async () => {
    symlinkSync(join(pond(), 'data'), at('shortcut'))
    symlinkSync(pond(), at('alias'))
    symlinkSync(join(pond(), 'pending', 'journal'), at('journal'))
    for (const path of [at('shortcut', 'x'), at('alias', 'pending', 'x'), at('journal')])
      await expect(
        openHostTarget(path, { replace: true, ponds: [], workFolder: async () => at('work') }),
      ).rejects.toMatchObject(refused)
  })

  it('are no target where a part of an open pond is mounted elsewhere', async ({ skip }) => {
    using mount = boundFolder(join(pond(), 'data'))
    if (mount === null) return skip(MAY_NOT)
    await expect(mustBeOutsidePonds([at('other'), pond()], join(mount.path, 'deep', 'x'))).rejects.toMatchObject(
      refused,
    )
  })

  it('are not written through a hard link: the other name gets a file of its own', async () => {
    linkSync(join(pond(), 'pending', 'journal'), at('x'))
    await put(at('x'), 'new')
    expect(readFileSync(join(pond(), 'pending', 'journal'), 'utf8')).toBe('journal')
    expect(read('x')).toBe('new')
  })
})
