/** A pond as a whole: what it is, its settings, and the news of it. */
import type { Version } from './moment'

/** What people set for a pond, by key, with the defaults filled in. Drawn in docs/formats.md. */
export interface PondConfig {
  /** Commit by itself once what is pending has more bytes of content than this; null: never. */
  readonly 'autocommit.bytes': number | null
  /** Whether a command line that staged something commits when it ends. */
  readonly autosync: boolean
  /** Who commits, unless said otherwise; null: the user of this machine. */
  readonly author: string | null
  /** Bytes of all files that recipes made, in the cache; those used longest ago go. */
  readonly 'cache.bytes': number
  /** Bytes that a query may hold before it spills to disk; null: the default of this build. */
  readonly 'query.memoryBytes': number | null
  /** Directories whose entries are what a pattern finds, by path; a text alone is a pattern. */
  readonly views: Readonly<Record<string, string | ViewDefinition>>
}

/** A setting as it may be given: as a value, or as the text that somebody typed. */
export type Setting = string | number | boolean | ViewDefinition | Readonly<Record<string, string | ViewDefinition>>

/** What a view directory shows. Semantics in docs/engine.md. */
export interface ViewDefinition {
  /** From the root of the pond. */
  readonly glob: string
  /** Name of each entry: `$0` is the first capture, `$$` a dollar. Default: its path, with slashes made safe. */
  readonly name?: string
}

export interface PondInfo {
  readonly pondId: string
  readonly path: string
  readonly name: string
  readonly createdAt: string
  readonly format: number
  readonly version: Version
  readonly deltaVersion: number
  /** Why nothing can be staged here; null for a writable pond. */
  readonly readOnly: { readonly code: string; readonly message: string } | null
}

/** What the page hears about without asking: everything else is asked for again. */
export interface PondChanged {
  readonly type: 'pond.changed'
  readonly version: Version
  /** Pending operations now. */
  readonly pending: number
  /** Grows with every change seen by this host; a cache key for reads at `pending`. */
  readonly tick: number
}
