/** Storages that are another storage but for something. */
import type { Storage } from '../../platform/storage'

/** The storage with some of its methods replaced. */
export function override(storage: Storage, methods: Partial<Storage>): Storage {
  return new Proxy(storage, {
    get(target, name) {
      const own = methods[name as keyof Storage]
      if (own !== undefined) return own
      const value: unknown = Reflect.get(target, name, target)
      // The storage's own methods need it as `this`.
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** The storage, counting the bytes it gives out. */
export function countReads(storage: Storage): { readonly storage: Storage; bytes(): number } {
  let bytes = 0
  const counted = override(storage, {
    async open(path) {
      const reader = await storage.open(path)
      return {
        sizeBytes: reader.sizeBytes,
        async read(offset, length) {
          const found = await reader.read(offset, length)
          bytes += found.length
          return found
        },
        close: () => reader.close(),
      }
    },
    async readFile(path) {
      const found = await storage.readFile(path)
      bytes += found.length
      return found
    },
  })
  return { storage: counted, bytes: () => bytes }
}
