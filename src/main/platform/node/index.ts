/** The adapters of a real machine. */
export { nodeFallbackCache } from './fallback-cache'
export { nodeHostTree } from './host-tree'
export { nodeStorage } from './storage'
export { nodeClock, nodeDiagnostics, nodeRandom, nodeWorld, type NodeWorldOptions } from './world'
