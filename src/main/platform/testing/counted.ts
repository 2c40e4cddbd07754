/** A storage that counts what is asked of it, for tests about how costs grow. */
import type { Storage } from '..'

export interface Counts {
  reads: number
  bytesRead: number
  writes: number
  bytesWritten: number
}

export interface Counted<S extends Storage> {
  readonly storage: S
  /** What `work` asks for. */
  during(work: () => Promise<unknown>): Promise<Counts>
}

/** @param counts which files are counted; default: all */
export function counted<S extends Storage>(storage: S, isCounted: (path: string) => boolean = () => true): Counted<S> {
  const counts: Counts = { reads: 0, bytesRead: 0, writes: 0, bytesWritten: 0 }
  const counting = <T extends object>(target: T, path: string): T =>
    new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name, object)
        if (typeof value !== 'function') return value
        return (...input: unknown[]): unknown => {
          const output: unknown = Reflect.apply(value, object, input)
          const at = typeof input[0] === 'string' ? input[0] : path
          if (!(output instanceof Promise) || !isCounted(at)) return output
          return output.then((result: unknown) => {
            if (name === 'read' || name === 'readFile') {
              counts.reads++
              counts.bytesRead += (result as Uint8Array).length
            } else if (name === 'write') {
              counts.writes++
              counts.bytesWritten += (input[0] as Uint8Array).length
            }
            return name === 'open' || name === 'create' || name === 'append' ? counting(result as object, at) : result
          })
        }
      },
    })
  return {
    storage: counting(storage, ''),
    async during(work) {
      const before = { ...counts }
      await work()
      return {
        reads: counts.reads - before.reads,
        bytesRead: counts.bytesRead - before.bytesRead,
        writes: counts.writes - before.writes,
        bytesWritten: counts.bytesWritten - before.bytesWritten,
      }
    },
  }
}
