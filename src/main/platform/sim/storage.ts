/**
 * One process's view of a simulated disk. Every mutating operation is numbered and recorded, so that a
 * test can end the process at each of them in turn, let one of them fail, or cut the power and look
 * at what may be left. A process that ended does nothing any more, and its locks are free. Longer than 350 lines
 * because it is the whole of `Storage`, whose every operation goes through the same numbering.
 */
import { cancellation, mustGoOn } from '../../../shared/cancellation'
import { PondError } from '../../../shared/errors'
import type {
  LockHolder,
  Storage,
  StorageEntry,
  StorageLock,
  StorageReader,
  StorageStat,
  StorageWriter,
} from '../storage'
import { storageNames } from '../storage-path'
import { newFile, newFolder, SimDisk, simError, type Loss, type SimFile, type SimFolder, type SimNode } from './disk'
import { SimLocks } from './locks'

export interface SimStorageOptions {
  /** Milliseconds since 1970, for the times of files. Default: a count of operations. */
  readonly nowMs?: () => number
  /** Bounds the wait for a lock. Without it, waiting ends only when the lock is free. */
  readonly sleep?: (ms: number) => Promise<void>
  readonly readOnly?: boolean
  /** A disk that lies: syncs of these are acknowledged and do nothing. */
  readonly ignoreSync?: (what: 'file' | 'folder', path: string) => boolean
}

export interface SimOperation {
  /** From 1, in this process. */
  readonly number: number
  readonly operation: string
  readonly path: string
  readonly bytes: number
}

/** What several processes share. */
interface Machine {
  readonly disk: SimDisk
  readonly locks: SimLocks
  readonly watches: Set<Watch>
}

interface Watch {
  readonly path: string
  readonly changed: () => void
  due: boolean
}

export class SimStorage implements Storage {
  readonly hostPath = null
  readonly #machine: Machine
  readonly #options: SimStorageOptions
  readonly #trace: SimOperation[] = []
  #crashAt = Infinity
  #failAt = Infinity
  #failTimes = 1
  #failure: 'no-space' | 'io' = 'io'
  #isDead = false

  constructor(options: SimStorageOptions = {}, machine: Machine = newMachine()) {
    this.#options = options
    this.#machine = machine
  }

  // ---- what tests do to it ---------------------------------------------------------------------

  /** Mutating operations so far, syncs among them. */
  get operations(): number {
    return this.#trace.length
  }

  get trace(): readonly SimOperation[] {
    return this.#trace
  }

  get hasCrashed(): boolean {
    return this.#isDead
  }

  /** Ends this process just before its k-th mutating operation: that and all later ones are platform.crashed. */
  crashAt(k: number): void {
    this.#crashAt = k
  }

  /** Lets the k-th mutating operation fail, and as many as `times` says from there; a write does half its work first. */
  failAt(k: number, failure: 'no-space' | 'io', times = 1): void {
    this.#failAt = k
    this.#failTimes = times
    this.#failure = failure
  }

  /** A machine that lost its power now, and was started again. */
  afterCrash(loss: Loss): SimStorage {
    return new SimStorage(this.#options, newMachine(this.#machine.disk.afterPowerLoss(loss)))
  }

  /** The same machine after this process was killed: nothing is lost, and nothing more is durable. */
  afterKill(): SimStorage {
    this.#die()
    return this.anotherProcess()
  }

  anotherProcess(options: SimStorageOptions = this.#options): SimStorage {
    return new SimStorage(options, this.#machine)
  }

  // ---- Storage ---------------------------------------------------------------------------------

  async list(folder: string): Promise<StorageEntry[]> {
    this.#mustLive('list', folder)
    return Array.from(this.#folder('list', folder).names, ([name, { kind }]) => ({ name, kind }))
  }

  async stat(path: string): Promise<StorageStat | undefined> {
    this.#mustLive('look at', path)
    const node = this.#find('look at', path)
    if (node === undefined) return undefined
    if (node.kind === 'folder') return { kind: 'folder', sizeBytes: 0, modifiedMs: 0, identity: identityOf(node) }
    return {
      kind: 'file',
      sizeBytes: node.content.size,
      modifiedMs: node.modifiedMs,
      identity: identityOf(node),
    }
  }

  async isWritable(folder: string): Promise<boolean> {
    this.#mustLive('look at', folder)
    return this.#options.readOnly !== true && this.#find('look at', folder)?.kind === 'folder'
  }

  async open(path: string): Promise<StorageReader> {
    this.#mustLive('open', path)
    const { content } = this.#file('open', path)
    return {
      sizeBytes: content.size,
      read: async (offset, length) => {
        this.#mustLive('read', path)
        return content.read(offset, length)
      },
      close: async () => undefined,
    }
  }

  async readFile(path: string): Promise<Uint8Array> {
    const reader = await this.open(path)
    return reader.read(0, reader.sizeBytes)
  }

  async makeFolder(path: string): Promise<void> {
    let folder = this.#machine.disk.root
    for (const name of storageNames('make the folder', path)) {
      const inner = folder.names.get(name)
      if (inner?.kind === 'file') throw simError('exists', 'make the folder', path)
      if (inner !== undefined) folder = inner
      else {
        this.#mutate('make the folder', path)
        const made = newFolder()
        this.#machine.disk.change([{ folder, name, node: made }])
        folder = made
      }
    }
  }

  async create(path: string): Promise<StorageWriter> {
    this.#mutate('create', path)
    const { folder, name } = this.#place('create', path)
    if (folder.names.has(name)) throw simError('exists', 'create', path)
    const file = newFile(this.#nowMs())
    this.#machine.disk.change([{ folder, name, node: file }])
    return this.#writer(file, path)
  }

  async append(path: string): Promise<StorageWriter> {
    this.#mustLive('open', path)
    if (this.#options.readOnly) throw simError('read-only', 'open', path)
    return this.#writer(this.#file('open', path), path)
  }

  async truncate(path: string, sizeBytes: number): Promise<void> {
    this.#mutate('truncate', path)
    this.#file('truncate', path).content.truncate(sizeBytes)
  }

  async link(from: string, to: string): Promise<'linked' | 'exists' | 'unsupported'> {
    this.#mutate('link', to)
    const { folder, name } = this.#place('link', to)
    const node = this.#file('link', from)
    if (folder.names.has(name)) return 'exists'
    this.#machine.disk.change([{ folder, name, node }])
    return 'linked'
  }

  async replace(from: string, to: string): Promise<void> {
    this.#mutate('replace', to)
    const node = this.#file('replace', from)
    const source = this.#place('replace', from)
    const target = this.#place('replace', to)
    const before = target.folder.names.get(target.name)
    if (before?.kind === 'folder') throw simError('io', 'replace', to)
    // Two names of one file: the system does nothing then.
    if (before === node) return
    this.#machine.disk.change([
      { ...target, node },
      { ...source, node: null },
    ])
  }

  async remove(path: string): Promise<void> {
    this.#mutate('remove', path)
    const node = this.#find('remove', path)
    if (node === undefined) return
    if (node.kind === 'folder') throw simError('io', 'remove', path)
    this.#machine.disk.change([{ ...this.#place('remove', path), node: null }])
  }

  async removeFolder(path: string): Promise<void> {
    this.#mutate('remove the folder', path)
    const node = this.#find('remove the folder', path)
    if (node === undefined) return
    if (node.kind !== 'folder') throw simError('io', 'remove the folder', path)
    if (node.names.size > 0) throw simError('exists', 'remove the folder', path)
    this.#machine.disk.change([{ ...this.#place('remove the folder', path), node: null }])
  }

  async syncFile(path: string): Promise<void> {
    this.#mutate('sync', path)
    this.#sync(this.#file('sync', path), path)
  }

  async syncFolder(path: string): Promise<void> {
    this.#mutate('sync the folder', path)
    const folder = this.#folder('sync the folder', path)
    if (!this.#options.ignoreSync?.('folder', path)) this.#machine.disk.syncFolder(folder)
  }

  async lock(path: string, holder: LockHolder, timeoutMs: number, signal?: AbortSignal): Promise<StorageLock> {
    this.#mustLive('lock', path)
    mustGoOn(signal)
    if (this.#options.readOnly) throw simError('read-only', 'lock', path)
    if (this.#find('lock', path) === undefined) {
      const { folder, name } = this.#place('lock', path)
      this.#machine.disk.change([{ folder, name, node: newFile(this.#nowMs()) }])
    }
    const { locks } = this.#machine
    const request = locks.ask({ path, holder, owner: this })
    const { sleep } = this.#options
    const waits = [request.granted]
    if (timeoutMs <= 0 || sleep !== undefined) waits.push(timeoutMs <= 0 ? Promise.resolve() : sleep!(timeoutMs))
    await unlessAborted(Promise.race(waits), signal)
    this.#mustLive('lock', path)
    if (signal?.aborted) {
      request.end()
      throw cancellation(signal)
    }
    if (request.isGranted()) return { release: async () => request.end() }
    request.end()
    const held = locks.holderOf(path)
    throw new PondError('platform.locked', `cannot lock ${JSON.stringify(path)}: it is held (simulated)`, {
      operation: 'lock',
      path,
      holder: held,
      timeoutMs,
    })
  }

  async watch(path: string, changed: () => void): Promise<{ close(): Promise<void> }> {
    this.#folder('watch', path)
    const watch: Watch = { path, changed, due: false }
    this.#machine.watches.add(watch)
    return { close: async () => void this.#machine.watches.delete(watch) }
  }

  // ---- inside ----------------------------------------------------------------------------------

  #writer(file: SimFile, path: string): StorageWriter {
    const { content } = file
    let isOpen = true
    const mutate = (operation: string, bytes = 0): void => {
      if (!isOpen) throw simError('io', operation, path)
      this.#mutate(operation, path, bytes)
    }
    return {
      get sizeBytes() {
        return content.size
      },
      write: async (bytes) => {
        try {
          mutate('write', bytes.length)
        } catch (error) {
          if (this.#fails(this.operations) && !this.#isDead) content.append(bytes.slice(0, bytes.length >> 1))
          throw error
        }
        content.append(bytes)
        file.modifiedMs = this.#nowMs()
      },
      sync: async () => {
        mutate('sync')
        this.#sync(file, path)
      },
      setModified: async (ms) => {
        mutate('set the time of')
        file.modifiedMs = ms
      },
      close: async () => {
        isOpen = false
      },
    }
  }

  #sync(file: SimFile, path: string): void {
    if (!this.#options.ignoreSync?.('file', path)) file.content.sync()
  }

  #mustLive(operation: string, path: string): void {
    if (this.#isDead) throw simError('crashed', operation, path)
  }

  #mutate(operation: string, path: string, bytes = 0): void {
    this.#mustLive(operation, path)
    const number = this.operations + 1
    if (number >= this.#crashAt) {
      this.#die()
      throw simError('crashed', operation, path)
    }
    this.#trace.push({ number, operation, path, bytes })
    if (this.#options.readOnly) throw simError('read-only', operation, path)
    if (this.#fails(number)) throw simError(this.#failure, operation, path)
    this.#tell(path)
  }

  #fails(number: number): boolean {
    return number >= this.#failAt && number < this.#failAt + this.#failTimes
  }

  #die(): void {
    this.#isDead = true
    this.#machine.locks.releaseAllOf(this)
  }

  #tell(path: string): void {
    for (const watch of this.#machine.watches) {
      if (watch.due || !(watch.path === '' || path === watch.path || path.startsWith(`${watch.path}/`))) continue
      watch.due = true
      // Not in the same breath: the change is yet to be made, and others may follow.
      queueMicrotask(() =>
        queueMicrotask(() => {
          watch.due = false
          if (this.#machine.watches.has(watch)) watch.changed()
        }),
      )
    }
  }

  #find(operation: string, path: string): SimNode | undefined {
    return this.#machine.disk.find(storageNames(operation, path))
  }

  #file(operation: string, path: string): SimFile {
    const node = this.#find(operation, path)
    if (node?.kind === 'file') return node
    throw simError(node === undefined ? 'not-found' : 'io', operation, path)
  }

  #folder(operation: string, path: string): SimFolder {
    const node = this.#find(operation, path)
    if (node?.kind === 'folder') return node
    throw simError('not-found', operation, path)
  }

  #place(operation: string, path: string): { folder: SimFolder; name: string } {
    const names = storageNames(operation, path)
    const folder = this.#machine.disk.find(names.slice(0, -1))
    const name = names.at(-1)
    if (folder?.kind !== 'folder' || name === undefined) throw simError('not-found', operation, path)
    return { folder, name }
  }

  #nowMs(): number {
    return this.#options.nowMs?.() ?? this.operations
  }
}

function newMachine(disk: SimDisk = new SimDisk()): Machine {
  return { disk, locks: new SimLocks(), watches: new Set() }
}

const identities = new WeakMap<object, number>()
let identityCount = 0

/** Nodes are told apart as a file system does by number. */
function identityOf(node: object): string {
  let identity = identities.get(node)
  if (identity === undefined) identities.set(node, (identity = ++identityCount))
  return String(identity)
}

/** Resolves with the promise, or when the signal aborts, if that is sooner. */
async function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise
  let stop = (): void => undefined
  const aborted = new Promise<void>((resolve) => (stop = resolve))
  signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
