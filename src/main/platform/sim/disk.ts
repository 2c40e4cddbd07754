/**
 * A disk in memory that knows what a power loss may take: content since a file's last sync, and names
 * since a folder's last sync. Syncing a file makes nothing of its name durable. A change of names that
 * concerns two folders (a move) stays whole until one of them is synced.
 */
import { PondError } from '../../../shared/errors'
import { SimContent } from './content'
import { Prng } from './prng'

export interface SimFile {
  readonly kind: 'file'
  readonly content: SimContent
  modifiedMs: number
}

export interface SimFolder {
  readonly kind: 'folder'
  readonly names: Map<string, SimNode>
  /** The names that the disk has for certain: `names` without the changes since the last sync. */
  durable: Map<string, SimNode>
}

export type SimNode = SimFile | SimFolder

/** A name that was given to a node, or taken away. */
export interface NameChange {
  readonly folder: SimFolder
  readonly name: string
  readonly node: SimNode | null
}

/** A number chooses at random what is lost. */
export type Loss = number | 'nothing-lost' | 'all-unsynced-lost'

export class SimDisk {
  readonly root: SimFolder
  /** Changes of names since their folders were synced, in order; each is kept or lost as a whole. */
  #unsynced: NameChange[][] = []

  constructor(root: SimFolder = newFolder()) {
    this.root = root
  }

  find(names: readonly string[]): SimNode | undefined {
    let node: SimNode | undefined = this.root
    for (const name of names) node = node?.kind === 'folder' ? node.names.get(name) : undefined
    return node
  }

  change(changes: NameChange[]): void {
    for (const change of changes) setName(change.folder.names, change)
    this.#unsynced.push(changes)
  }

  syncFolder(folder: SimFolder): void {
    const left: NameChange[][] = []
    for (const changes of this.#unsynced) {
      const others = changes.filter((change) => change.folder !== folder)
      for (const change of changes) if (change.folder === folder) setName(folder.durable, change)
      if (others.length > 0) left.push(others)
    }
    this.#unsynced = left
  }

  /** The disk as it may be found after a power loss now. This one is left as it is. */
  afterPowerLoss(loss: Loss): SimDisk {
    const random = new Prng(typeof loss === 'number' ? loss : 0)
    const survives = typeof loss === 'number' ? chooser(random, this.#unsynced.length) : () => loss === 'nothing-lost'
    const bytesOf = (content: SimContent): Uint8Array => {
      if (loss === 'nothing-lost') return content.live()
      return loss === 'all-unsynced-lost' ? content.synced() : content.torn(random)
    }
    const copies = new Map<SimNode, SimNode>()
    const copy = (node: SimNode): SimNode => {
      const known = copies.get(node)
      if (known !== undefined) return known
      if (node.kind === 'file') {
        const file: SimFile = {
          kind: 'file',
          content: new SimContent(bytesOf(node.content), true),
          modifiedMs: node.modifiedMs,
        }
        copies.set(node, file)
        return file
      }
      const folder = newFolder()
      copies.set(node, folder)
      for (const [name, inner] of node.durable) folder.names.set(name, copy(inner))
      return folder
    }
    const root = copy(this.root) as SimFolder
    this.#unsynced.forEach((changes, index) => {
      if (!survives(index)) return
      for (const { folder, name, node } of changes) {
        const { names } = copy(folder) as SimFolder
        if (node === null) names.delete(name)
        else names.set(name, copy(node))
      }
    })
    for (const node of copies.values()) if (node.kind === 'folder') node.durable = new Map(node.names)
    return new SimDisk(root)
  }
}

function setName(names: Map<string, SimNode>, { name, node }: NameChange): void {
  if (node === null) names.delete(name)
  else names.set(name, node)
}

export function newFolder(): SimFolder {
  return { kind: 'folder', names: new Map(), durable: new Map() }
}

export function newFile(modifiedMs: number): SimFile {
  return { kind: 'file', content: new SimContent(new Uint8Array(0), false), modifiedMs }
}

/** Which of `count` changes survive: those before a moment, as a journaling file system has it, or any. */
function chooser(random: Prng, count: number): (index: number) => boolean {
  if (random.chance(0.4)) {
    const moment = random.below(count + 1)
    return (index) => index < moment
  }
  const probability = random.pick([0.1, 0.5, 0.9])
  return () => random.chance(probability)
}

export function simError(
  code: 'not-found' | 'exists' | 'io' | 'read-only' | 'no-space' | 'crashed',
  operation: string,
  path: string,
): PondError {
  return new PondError(`platform.${code}`, `cannot ${operation} ${JSON.stringify(path)}: ${code} (simulated)`, {
    operation,
    path,
  })
}
