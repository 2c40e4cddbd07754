/** A storage that takes its time, so that others come in between. */
import type { Storage, StorageReader } from '../../src/main/platform'
import type { Prng } from '../../src/main/platform/sim'

/** How many turns of others an operation may wait, before it and after it. */
export interface Hesitation {
  readonly often: readonly [number, ...number[]]
  /** So long that others get many things done, with this probability. */
  readonly rarely: { readonly turns: number; readonly chance: number }
}

export async function hesitate(random: Prng, { often, rarely }: Hesitation): Promise<void> {
  const turns = random.chance(rarely.chance) ? rarely.turns : random.pick(often)
  for (let left = turns; left > 0; left--) await Promise.resolve()
}

export function hesitant(storage: Storage, random: Prng, hesitation: Hesitation): Storage {
  const delayed = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name, object)
        if (typeof value !== 'function' || name === 'watch') return value
        return async (...input: unknown[]) => {
          await hesitate(random, hesitation)
          const output: unknown = await Reflect.apply(value, object, input)
          await hesitate(random, hesitation)
          return ['open', 'create', 'append'].includes(String(name)) ? delayed(output as StorageReader) : output
        }
      },
    })
  return delayed(storage)
}
