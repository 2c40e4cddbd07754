import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PondError } from '../../../shared/errors'
import type { HostTree } from '../../platform'
import { nodeHostTree } from '../../platform/node'
import { DynamicBackend } from '../dynamic/dynamic-backend'
import { ReadFileSystem } from '../read-filesystem'
import { glob } from '../glob'
import { readConformance } from '../testing/read-conformance'
import { readTree, type Tree } from '../testing/tree'
import { HostBackend } from './host'

async function plant(tree: Tree): Promise<{ backend: HostBackend; folder: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'duckpond-host-'))
  for (const [path, entry] of tree) {
    if (entry.kind === 'directory') await mkdir(folder + path)
    else if (entry.kind === 'file') await writeFile(folder + path, entry.bytes)
    else await symlink(entry.target.startsWith('/') ? folder + entry.target : entry.target, folder + path)
  }
  const close = () => rm(folder, { recursive: true, force: true })
  return { backend: new HostBackend(await nodeHostTree(folder)), folder, close }
}

readConformance('the host backend', plant, 20)
readConformance(
  'the host backend under the dynamic layer',
  async (tree) => {
    const { backend, close } = await plant(tree)
    return { backend: new DynamicBackend(backend, []), close }
  },
  10,
)

describe('a folder of the host', () => {
  it('gives absolute links inside it as relative ones, and skips and names what a pond cannot hold', async () => {
    const { backend, folder, close } = await plant(
      new Map([
        ['/d', { kind: 'directory' }],
        ['/d/f', { kind: 'file', bytes: new Uint8Array([1]) }],
        ['/d/up', { kind: 'symlink', target: '..' }],
        ['/in', { kind: 'symlink', target: '/d/f' }],
        ['/out', { kind: 'symlink', target: '../elsewhere' }],
      ]),
    )
    try {
      await symlink('/etc/passwd', `${folder}/d/passwd`)
      await symlink(`${folder}-not`, `${folder}/beside`)
      await writeFile(Buffer.concat([Buffer.from(`${folder}/d/`), Buffer.from([0x66, 0xff])]), 'x')
      execFileSync('mkfifo', [`${folder}/pipe`])

      const fs = new ReadFileSystem(backend)
      const links = [...(await readTree(fs))].flatMap(([path, entry]) =>
        entry.kind === 'symlink' ? [[path, entry.target]] : [],
      )
      expect(links).toEqual([
        ['/d/up', '..'],
        ['/in', 'd/f'],
      ])
      expect(await fs.readAll('/in')).toEqual(new Uint8Array([1]))
      expect((await glob(fs, '/d/up/d/*')).map((match) => match.path)).toEqual(['/d/up/d/f', '/d/up/d/up'])
      expect([...backend.skipped.keys()].sort()).toEqual(['beside', 'd/f\ufffd', 'd/passwd', 'out', 'pipe'])
    } finally {
      await close()
    }
  })

  it('lists both of two names that are equal after normalisation, each reached by its exact spelling', async () => {
    const { backend, folder, close } = await plant(new Map())
    try {
      await writeFile(`${folder}/caf\u00e9`, 'composed')
      await writeFile(`${folder}/cafe\u0301`, 'apart')
      const fs = new ReadFileSystem(backend)
      expect((await fs.list('/')).map(({ name }) => name)).toEqual(['cafe\u0301', 'caf\u00e9'])
      expect(Buffer.from(await fs.readAll('/caf\u00e9')).toString()).toBe('composed')
      expect(Buffer.from(await fs.readAll('/cafe\u0301')).toString()).toBe('apart')
    } finally {
      await close()
    }
  })

  it('says so when a file shrinks under its reader', async () => {
    const { backend, folder, close } = await plant(
      new Map([['/f', { kind: 'file', bytes: new Uint8Array(1_000_000) }]]),
    )
    try {
      const reader = await new ReadFileSystem(backend).open('/f')
      await truncate(`${folder}/f`, 300_000)
      const read = async () => {
        for await (const chunk of reader.chunks()) expect(chunk.length).toBeGreaterThan(0)
      }
      await expect(read()).rejects.toEqual(expect.objectContaining({ code: 'tinyfs.changed' }))
      await reader.close()
    } finally {
      await close()
    }
  })

  it('that is not there is refused', async () => {
    await expect(nodeHostTree('/nonexistent/duckpond')).rejects.toEqual(
      expect.objectContaining({ code: 'platform.not-found' }),
    )
  })
})

describe('a folder that may not be read', () => {
  it('is left out and named where it is inside another, and refused as the root', async () => {
    const { folder, close } = await plant(new Map([['/open', { kind: 'file', bytes: new Uint8Array([1]) }]]))
    try {
      await mkdir(`${folder}/closed`)
      const tree = await nodeHostTree(folder)
      // Nothing is closed to the superuser, who runs tests in containers: the system's answer is given here.
      const deny = (closed: string): HostTree => ({
        hostPath: folder,
        list: async (path) => {
          if (path === closed) throw new PondError('platform.denied', 'permission denied')
          return tree.list(path)
        },
        stat: (path) => tree.stat(path),
        readLink: (path) => tree.readLink(path),
        open: (path) => tree.open(path),
      })
      const backend = new HostBackend(deny('closed'))
      expect([...(await readTree(new ReadFileSystem(backend))).keys()]).toEqual(['/closed', '/open'])
      expect([...backend.skipped]).toEqual([['closed', 'it cannot be read']])
      await expect(new ReadFileSystem(new HostBackend(deny(''))).list('/')).rejects.toEqual(
        expect.objectContaining({ code: 'platform.denied' }),
      )
    } finally {
      await close()
    }
  })
})
