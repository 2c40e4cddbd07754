/** Real file systems with real faults, for tests that may mount; others say why they cannot and are skipped. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Mount {
  readonly path: string
  [Symbol.dispose](): void
}

/** A file system of so many bytes. Null where this process may not mount. */
export function smallDisk(sizeBytes: number): Mount | null {
  return mounted(['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs'])
}

/** A folder once more, under another path. */
export function boundFolder(folder: string, readOnly = false): Mount | null {
  const mount = mounted(['--bind', folder])
  if (mount === null || !readOnly || run('mount', '-o', 'remount,bind,ro', mount.path)) return mount
  mount[Symbol.dispose]()
  return null
}

/** Takes all rights to change a file from everybody, also from the superuser. Null where the file system cannot. */
export function immutable(path: string): Disposable | null {
  return withAttribute('i', path)
}

/** A folder in which files can be made and none removed or renamed. Null where the file system cannot. */
export function withoutRemoval(folder: string): Disposable | null {
  return withAttribute('a', folder)
}

function withAttribute(attribute: string, path: string): Disposable | null {
  if (!run('chattr', `+${attribute}`, path)) return null
  return { [Symbol.dispose]: () => void run('chattr', '-R', `-${attribute}`, path) }
}

export function makePipe(path: string): void {
  if (!run('mkfifo', path)) throw new Error(`cannot make a pipe at ${path}`)
}

/** Of a test that cannot run here. */
export const MAY_NOT = 'this process may not mount file systems'

function mounted(how: readonly string[]): Mount | null {
  if (process.platform !== 'linux') return null
  const path = mkdtempSync(join(tmpdir(), 'duckpond-mount-'))
  if (!run('mount', ...how, path)) {
    rmdirSync(path)
    return null
  }
  return {
    path,
    [Symbol.dispose]() {
      // Lazily: a process that was killed may have files open still.
      run('umount', '-l', path)
      rmdirSync(path)
    },
  }
}

function run(command: string, ...argv: readonly string[]): boolean {
  return spawnSync(command, argv, { stdio: 'ignore' }).status === 0
}
