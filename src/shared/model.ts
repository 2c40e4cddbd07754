/**
 * The nouns every runtime shares: what an entry, a change, a version and a result look like on the
 * control plane. Everything here is JSON-safe: sizes and versions are numbers, instants are integer
 * microseconds since 1970 UTC, content never appears.
 */
export * from './model/moment'
export * from './model/entry'
export * from './model/change'
export * from './model/history'
export * from './model/table'
export * from './model/reading'
export * from './model/recipe'
export * from './model/pond'
export * from './model/care'
export * from './model/query'
export * from './model/call'
