/**
 * What files make beside themselves: computed files and directories. Owned by this layer; whoever knows how to
 * compute brings the maker.
 */
import type { FileReader, Metadata, NodeId, NodeRef } from '../backend'

export interface Maker {
  /** The name of what a file of this name would make; undefined where it makes nothing by its name. */
  outputName(source: string): string | undefined
  /** The name of the file that would make what is called so. */
  sourceName(output: string): string
  /** What a stored file makes; undefined for one that makes nothing. Cheap: nothing is computed yet. */
  make(source: NodeRef, name: string): Promise<ComputedNode | undefined>
}

/** A file or a directory that is not stored. */
export interface ComputedNode {
  /** The same wherever and whenever it is made by the same file. */
  readonly id: NodeId
  readonly fileType: 'directory' | 'file:data' | 'file:table' | 'file:series'
  /** What messages call it. */
  readonly path: string
  /** Size and hash are null as long as it is not made. */
  metadata(): Promise<ComputedMetadata>
  /** Of a directory: legal names, no two of them equal after NFC. */
  entries?(): Promise<readonly ComputedEntry[]>
  /** Of a file: makes it, if it is not made, and as long as somebody waits for it. */
  open?(path?: string, signal?: AbortSignal): Promise<FileReader>
}

export interface ComputedEntry {
  readonly name: string
  readonly computed: ComputedNode
}

export type ComputedMetadata = Omit<Metadata, 'node' | 'nodeVersion'>
