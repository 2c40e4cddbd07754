/**
 * Path resolution against the real filesystem of this machine. The rules agree but for four things, which
 * the generated trees and paths leave out: `..` is taken from the text here and from the tree there, so
 * neither paths nor targets have one behind a name; a target above the root is refused here and leads on
 * there; ten links are followed here, forty there; and an absolute target counts from the root of the tree.
 */
import { lstat, mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isPondError } from '../../shared/errors'
import { HostBackend } from './backends/host'
import { nodeHostTree } from '../platform/node'
import { FileSystem } from './filesystem'
import { ReadFileSystem } from './read-filesystem'
import { memoryBackend } from './testing/planted'
import type { TreeEntry } from './testing/tree'

const name = fc.constantFrom('a', 'b', 'c')
const relative = fc.array(name, { minLength: 1, maxLength: 3 })

interface Planted {
  readonly at: readonly string[]
  readonly what:
    'directory' | 'file' | { readonly up: number; readonly absolute: boolean; readonly names: readonly string[] }
}
const item: fc.Arbitrary<Planted> = fc.record({
  at: fc.array(name, { minLength: 1, maxLength: 3 }),
  what: fc.oneof(
    { weight: 3, arbitrary: fc.constant('directory' as const) },
    { weight: 2, arbitrary: fc.constant('file' as const) },
    {
      weight: 2,
      arbitrary: fc.record({ up: fc.nat(2), absolute: fc.boolean(), names: fc.array(name, { maxLength: 2 }) }),
    },
  ),
})
/** A path as somebody writes it: dots, repeated slashes, one at the end. `..` only where the text alone decides. */
const written = fc
  .record({
    names: relative,
    noise: fc.array(fc.constantFrom('/', '/./', '//', '/c/../'), { minLength: 3, maxLength: 3 }),
    slash: fc.boolean(),
  })
  .map(({ names, noise, slash }) => ({
    ours: names.map((part, i) => noise[i]! + part).join('') + (slash ? '/' : ''),
    // The same for the machine, which would look for the "c" in "/c/..".
    theirs: names.map((part, i) => noise[i]!.replace('c/../', '') + part).join('') + (slash ? '/' : ''),
  }))

it('leads where the same path leads on this machine, or ends in the same refusal', async () => {
  const outcomes = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { maxLength: 14, size: 'max' }),
      fc.array(written, { minLength: 8, maxLength: 8 }),
      async (items, paths) => {
        const root = await realpath(await mkdtemp(join(tmpdir(), 'duckpond-resolve-')))
        try {
          const fs = new FileSystem(memoryBackend())
          let links = 0
          for (const { path, entry } of plan(items)) {
            // Three links at most: no path of three names can then meet more than ten.
            if (entry.kind === 'symlink' && ++links > 3) continue
            await plantBoth(fs, root, path, entry)
          }
          const host = new ReadFileSystem(new HostBackend(await nodeHostTree(root)))
          for (const { ours, theirs } of paths) {
            for (const follow of [true, false]) {
              const expected = await onMachine(root, theirs, follow)
              expect([ours, follow, await inTinyfs(fs, ours, follow)]).toEqual([ours, follow, expected])
              // A link that leads out of the folder is not there for the host backend; here none does.
              expect([ours, follow, await inTinyfs(host, ours, follow)]).toEqual([ours, follow, expected])
              outcomes.set(expected.split(' ')[0]!, (outcomes.get(expected.split(' ')[0]!) ?? 0) + 1)
            }
          }
        } finally {
          await rm(root, { recursive: true, force: true })
        }
      },
    ),
    { numRuns: 150 },
  )
  // The trees were worth asking: every outcome came up.
  for (const outcome of ['directory', 'file', 'symlink', 'not-found', 'not-a-directory', 'symlink-loop']) {
    expect([outcome, outcomes.get(outcome) ?? 0]).toEqual([outcome, expect.toSatisfy((times: number) => times > 10)])
  }
})

/** What can be planted one after the other: directories above are made, and nothing is in the way of itself. */
function plan(items: readonly Planted[]): { readonly path: string; readonly entry: TreeEntry }[] {
  const entries = new Map<string, TreeEntry>()
  for (const { at, what } of items) {
    const paths = at.map((_, i) => `/${at.slice(0, i + 1).join('/')}`)
    const path = paths.pop()!
    if (entries.has(path) || paths.some((above) => (entries.get(above)?.kind ?? 'directory') !== 'directory')) continue
    for (const above of paths) entries.set(above, { kind: 'directory' })
    if (what === 'directory') entries.set(path, { kind: 'directory' })
    else if (what === 'file') entries.set(path, { kind: 'file', bytes: new Uint8Array() })
    else {
      const up = Math.min(what.up, paths.length)
      const target = what.absolute
        ? `/${what.names.join('/')}`
        : [...Array<string>(up).fill('..'), ...what.names].join('/')
      entries.set(path, { kind: 'symlink', target: target === '' ? '.' : target })
    }
  }
  return [...entries].map(([path, entry]) => ({ path, entry }))
}

async function plantBoth(fs: FileSystem, root: string, path: string, entry: TreeEntry): Promise<void> {
  if (entry.kind === 'directory') {
    await fs.createDirectory(path)
    await mkdir(root + path)
  } else if (entry.kind === 'file') {
    await (await fs.createFile(path)).close()
    await writeFile(root + path, '')
  } else {
    await fs.createSymlink(path, entry.target)
    await symlink(entry.target.startsWith('/') ? root + entry.target : entry.target, root + path)
  }
}

async function onMachine(root: string, path: string, follow: boolean): Promise<string> {
  try {
    const found = await (follow ? stat(root + path) : lstat(root + path))
    const kind = found.isDirectory() ? 'directory' : found.isSymbolicLink() ? 'symlink' : 'file'
    if (kind === 'symlink') return kind
    return `${kind} ${(await realpath(root + path)).slice(root.length) || '/'}`
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { ENOENT: 'not-found', ENOTDIR: 'not-a-directory', ELOOP: 'symlink-loop' }[code ?? ''] ?? String(code)
  }
}

async function inTinyfs(fs: ReadFileSystem, path: string, follow: boolean): Promise<string> {
  try {
    const { node, path: truePath } = await fs.find(path, { follow })
    const kind = node.fileType === 'file:data' ? 'file' : node.fileType
    return kind === 'symlink' ? kind : `${kind} ${truePath}`
  } catch (error) {
    if (isPondError(error)) return error.code.replace('tinyfs.', '')
    throw error
  }
}
