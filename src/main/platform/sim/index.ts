/** A simulated machine for tests: seeded, crashing on demand, losing what was not synced. */
export { type Loss } from './disk'
export { Prng } from './prng'
export { SimStorage, type SimOperation, type SimStorageOptions } from './storage'
export { SimClock, simRandom, simWorld, type SimWorldOptions } from './world'
