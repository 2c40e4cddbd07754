/** The hashes with which frames of LZ4 and Zstandard end. */
import xxhash, { type XXHashAPI } from 'xxhash-wasm'

export type FrameHashes = Pick<XXHashAPI, 'h32Raw' | 'h64Raw'>

let loaded: Promise<FrameHashes> | undefined

/** Loaded with the first body that may be packed. */
export function frameHashes(): Promise<FrameHashes> {
  loaded ??= xxhash()
  return loaded
}
