/** A simulated machine for tests: seeded, crashing on demand, losing what was not synced. */
export { type Loss } from './disk'
export { Prng } from './prng'
export { SimStorage, type SimStorageOptions } from './storage'
export { SimClock, simRandom, simWorld } from './world'
