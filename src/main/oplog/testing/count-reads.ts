/** A storage that counts the bytes it gives out. */
import type { Storage } from '../../platform'

export function countReads(storage: Storage): { readonly storage: Storage; bytes(): number } {
  let bytes = 0
  const counted: Partial<Storage> = {
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
  }
  // Everything else goes to the storage itself, whose methods need it as `this`.
  const proxy = new Proxy(storage, {
    get(target, name) {
      const own = counted[name as keyof Storage]
      if (own !== undefined) return own
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { storage: proxy, bytes: () => bytes }
}
