/**
 * A backend that can be changed, with what its files make beside themselves: changes go to what is stored, and those
 * that would land in what is computed are refused.
 */
import type { FileOptions, FileWriter, NodeRef, WriteBackend } from '../backend'
import { readOnly } from '../refusal'
import { ComputedBackend } from './computed-backend'

export class ComputedWriteBackend extends ComputedBackend<WriteBackend> implements WriteBackend {
  async createDirectory(parent: NodeRef, name: string): Promise<NodeRef> {
    this.#mustBeStored(parent, name)
    return this.base.createDirectory(parent, name)
  }

  async createSymlink(parent: NodeRef, name: string, target: string): Promise<NodeRef> {
    this.#mustBeStored(parent, name)
    return this.base.createSymlink(parent, name, target)
  }

  async createFile(parent: NodeRef, name: string, options?: FileOptions): Promise<FileWriter> {
    this.#mustBeStored(parent, name)
    return this.base.createFile(parent, name, options)
  }

  async updateFile(node: NodeRef, options?: FileOptions): Promise<FileWriter> {
    this.#mustBeStored(node, '')
    return this.base.updateFile(node, options)
  }

  async remove(parent: NodeRef, name: string): Promise<void> {
    this.#mustBeStored(parent, name)
    return this.base.remove(parent, name)
  }

  async rename(
    from: { readonly parent: NodeRef; readonly name: string },
    to: { readonly parent: NodeRef; readonly name: string },
  ): Promise<void> {
    this.#mustBeStored(from.parent, from.name)
    this.#mustBeStored(to.parent, to.name)
    return this.base.rename(from, to)
  }

  /** Paths are refused before; this is for whoever speaks of nodes. */
  #mustBeStored(node: NodeRef, name: string): void {
    const computed = this.computed(node)
    if (computed !== undefined) throw readOnly(name === '' ? computed.path : `${computed.path}/${name}`)
  }
}
