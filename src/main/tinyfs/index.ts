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
export { ReadFileSystem, type Found } from './read-filesystem'
export { ComputedBackend } from './dynamic/computed-backend'
export { ComputedWriteBackend } from './dynamic/computed-write-backend'
export type { ComputedEntry, ComputedMetadata, ComputedNode, Maker } from './dynamic/maker'
export { DynamicBackend } from './dynamic/dynamic-backend'
export { DynamicWriteBackend } from './dynamic/dynamic-write-backend'
export { readView, Views, type ViewDefinitions } from './dynamic/views'
export { readOnly } from './refusal'
export type { WalkBase } from './resolve'
export { glob } from './glob'
export { compileName } from './name-pattern'
export { BytesReader, CHUNK_BYTES } from './bytes-reader'
export { CheckedReader } from './checked-reader'
export { HostBackend } from './backends/host'
