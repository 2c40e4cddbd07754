export type {
  DirectoryEntry,
  FileOptions,
  FileReader,
  FileWriter,
  Metadata,
  NodeId,
  NodeRef,
  ReadBackend,
  WriteBackend,
} from './backend'
export { FileSystem, type FilePlace, type PlaceOptions } from './filesystem'
export { ReadFileSystem, type Found, type Listed, type ListedWithMetadata, type Stat } from './read-filesystem'
export { ComputedBackend } from './dynamic/computed-backend'
export { ComputedWriteBackend } from './dynamic/computed-write-backend'
export type { ComputedEntry, ComputedMetadata, ComputedNode, Maker } from './dynamic/maker'
export { DynamicBackend } from './dynamic/dynamic-backend'
export { DynamicWriteBackend } from './dynamic/dynamic-write-backend'
export { globView } from './dynamic/glob-view'
export type { DirectoryProvider, DynamicDirectory } from './dynamic/provider'
export { readView, Views, type ViewDefinitions } from './dynamic/views'
export { MAX_LINKS, type Resolved, type WalkBase } from './resolve'
export type { Visited } from './visit'
export { glob, type GlobMatch, type GlobOptions } from './glob'
export { hasWildcard } from './name-pattern'
export { BytesReader, CHUNK_BYTES } from './bytes-reader'
export { CheckedReader } from './checked-reader'
export { HostBackend } from './backends/host'
export { MemoryBackend, type MemorySources } from './backends/memory'
