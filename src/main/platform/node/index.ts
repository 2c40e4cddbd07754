/** The adapters of a real machine, and what hosts need of its files. */
export { configFolder } from './config-folder'
export { hostError, systemError, type HostUse } from './host-error'
export { mustBeOutside } from './host-guard'
export {
  mustBeWritable,
  writeToHost,
  publishNew,
  publishOver,
  type HostTarget,
  type TargetOptions,
} from './host-target'
export { nodeHostTree } from './host-tree'
export { parentPort } from './parent-port'
export {
  builtFiles,
  builtProcesses,
  keepOneReady,
  optionsOf,
  nodeProcesses,
  type NodeProcessesOptions,
} from './processes'
export { nodeStorage } from './storage'
export { fileContent, mustKeep, type Promised } from './whole'
export { nodeClock, nodeDiagnostics, nodeRandom, nodeWorld, type NodeWorldOptions } from './world'
export type { Child, ProcessEnd, Processes } from '../processes'
