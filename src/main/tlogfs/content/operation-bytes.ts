/** An estimate of what a pending operation holds in memory, with what the overlay keeps of it. */
import type { Operation } from './operation'

/** The operation, its node before and after, and its places in maps. */
const FIXED_BYTES = 900
/** A hash, or a short text, and its slot. */
const TEXT_BYTES = 80

export function operationBytes({ place, sha256, baseSha256, target, attributes }: Operation): number {
  const texts = (sha256 === null ? 0 : 1) + (baseSha256 === null ? 0 : 1) + Object.keys(attributes).length
  return FIXED_BYTES + texts * TEXT_BYTES + place.name.length + (target?.length ?? 0)
}
