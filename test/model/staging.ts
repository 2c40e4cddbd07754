/** What one stage of changes makes of a tree, and which operations it takes: a second implementation, by recursion. */
import { happen, type Operation, type Spot } from './model'
import { entriesOf, Refused, ROOT, series, Walk, within, type Node, type Place, type Tree } from './tree'

/** Content as it is, or as a number of bytes. */
export type Text = string | number

export function contentOf(text: Text): string {
  return typeof text === 'string' ? text : 'x'.repeat(text)
}

export type Change =
  | {
      readonly kind: 'create' | 'write' | 'put'
      readonly path: string
      readonly text: Text
      readonly parents: boolean
    }
  | { readonly kind: 'append'; readonly path: string; readonly text: Text; readonly parents: boolean }
  | { readonly kind: 'mkdir'; readonly path: string; readonly parents: boolean }
  | { readonly kind: 'link' | 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string; readonly recursive: boolean }

/**
 * The operations of some changes, all or nothing. New nodes are called `new-0`, `new-1`, ... by the
 * place of their operation; sequences count from 0.
 * @throws Refused
 */
export function stage(tree: Tree, changes: readonly Change[]): Operation[] {
  const staging = new Staging(tree)
  for (const change of changes) staging.change(change)
  return staging.operations
}

class Staging {
  readonly operations: Operation[] = []
  readonly #tree: Map<string, Node>

  constructor(tree: Tree) {
    this.#tree = new Map(tree)
  }

  change(change: Change): void {
    switch (change.kind) {
      case 'mkdir':
        return this.#makeDirectory(change.path, change.parents)
      case 'create': {
        const place = this.#place(change.path, { follow: false, parents: change.parents })
        if (place.node !== undefined) throw new Refused('tinyfs.exists')
        return void this.#create(place, 'file:data', contentOf(change.text))
      }
      case 'write':
      case 'put':
        return this.#write(change)
      case 'append':
        return this.#append(change)
      case 'link': {
        const place = this.#place(change.path, { follow: false, parents: false })
        if (place.node !== undefined) throw new Refused('tinyfs.exists')
        return void this.#create(place, 'symlink', change.to)
      }
      case 'rename':
        return this.#rename(change.path, change.to)
      case 'remove': {
        const node = this.#existing(change.path)
        if (node.id === ROOT) throw new Refused('tinyfs.root')
        if (!change.recursive && entriesOf(this.#tree, node.id).length > 0) throw new Refused('tinyfs.not-empty')
        return this.#remove(node)
      }
    }
  }

  #makeDirectory(path: string, parents: boolean): void {
    const place = this.#place(path, { follow: false, parents })
    if (place.node === undefined) return void this.#create(place, 'directory', '')
    const there = parents ? this.#place(path, { follow: true, parents: false }).node : undefined
    if (there?.fileType !== 'directory') throw new Refused('tinyfs.exists')
  }

  #append({ path, text, parents }: Extract<Change, { kind: 'append' }>): void {
    const place = this.#place(path, { follow: true, parents })
    const { node } = place
    if (node === undefined) return void this.#create(place, 'file:series', series([contentOf(text)]))
    if (node.fileType === 'directory') throw new Refused('tinyfs.is-a-directory')
    if (node.fileType !== 'file:series') throw new Refused('tlogfs.not-a-series')
    this.#add({ kind: 'append', id: node.id, fileType: node.fileType, spot: node, value: contentOf(text) })
  }

  #write({ kind, path, text, parents }: Extract<Change, { readonly kind: 'write' | 'put' | 'create' }>): void {
    const place = this.#place(path, { follow: true, parents })
    const { node } = place
    if (node === undefined) return void this.#create(place, 'file:data', contentOf(text))
    if (node.fileType === 'directory') throw new Refused('tinyfs.is-a-directory')
    const content = contentOf(text)
    const value = node.fileType === 'file:series' ? series([content]) : content
    if (kind === 'put' && node.value === value) return
    this.#add({ kind: 'update', id: node.id, fileType: node.fileType, spot: node, value, base: node.value })
  }

  #rename(path: string, to: string): void {
    const node = this.#existing(path)
    if (node.id === ROOT) throw new Refused('tinyfs.root')
    const place = this.#place(to, { follow: false, parents: false })
    const isItself = place.node?.id === node.id
    if (place.node !== undefined && !isItself) throw new Refused('tinyfs.exists')
    const name = isItself ? (to.split('/').at(-1) as string) : place.name
    if (isItself && name === node.name) return
    if (!isItself && within(this.#tree, node.id).includes(place.directory)) throw new Refused('tinyfs.into-itself')
    const spot = { directory: place.directory, name }
    this.#add({ kind: 'rename', id: node.id, fileType: node.fileType, spot, from: node })
  }

  #remove(node: Node): void {
    for (const entry of entriesOf(this.#tree, node.id)) this.#remove(entry)
    this.#add({ kind: 'delete', id: node.id, fileType: node.fileType, spot: node })
  }

  #create(spot: Spot, fileType: Node['fileType'], value: string): string {
    const id = `new-${this.operations.length}`
    this.#add({ kind: 'create', id, fileType, spot, value })
    return id
  }

  #existing(path: string): Node {
    const { node } = this.#place(path, { follow: false, parents: false })
    if (node === undefined) throw new Refused('tinyfs.not-found')
    return node
  }

  #place(path: string, { follow, parents }: { readonly follow: boolean; readonly parents: boolean }): Place {
    const make = (directory: string, name: string): string => this.#create({ directory, name }, 'directory', '')
    return new Walk(() => this.#tree, parents ? make : undefined).to(path, { follow })
  }

  #add(operation: Pick<Operation, 'kind' | 'id' | 'fileType' | 'spot'> & Partial<Operation>): void {
    const { directory, name } = operation.spot
    const full: Operation = { from: null, value: '', base: null, seq: this.operations.length, ...operation }
    const { from } = full
    const own: Operation = {
      ...full,
      spot: { directory, name },
      from: from === null ? null : { directory: from.directory, name: from.name },
    }
    happen(this.#tree, own)
    this.operations.push(own)
  }
}
