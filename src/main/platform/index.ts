/** The world as the engine sees it. Adapters are chosen by hosts: `./node` is real, `./sim` is for tests. */
export type { HostKind, HostName, HostStat, HostTree } from './host-tree'
export type {
  LockHolder,
  Storage,
  StorageEntry,
  StorageLock,
  StorageReader,
  StorageStat,
  StorageWriter,
} from './storage'
export type { Clock, HostFile, Random, World } from './world'
export { copyFile } from './copy-file'
export { Pace } from './pace'
export { pacedSort } from './paced-sort'
export { abandonedFolders, isOwnedName, makeOwnedFolder, type OwnedFolder } from './owned-folder'
export * from './channel'
export type { Child, Port, ProcessEnd, Processes, Program } from './processes'
