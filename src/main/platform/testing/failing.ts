/** A storage some of whose operations fail, for tests of what a failure leaves behind. */
import { PondError } from '../../../shared/errors'
import type { Storage } from '../storage'

/** Given an operation (`remove`, `writer.close`, `lock.release`, `watch.close`) and its path: whether it fails. */
export type Fails = (operation: string, path: string) => boolean

/** What is closed or released fails once it is done, so that no test leaves anything open. */
const ENDS = /\.(close|release)$/
const OPENED: Readonly<Record<string, string>> = {
  create: 'writer.',
  append: 'writer.',
  open: 'reader.',
  lock: 'lock.',
  watch: 'watch.',
}

export function failing<S extends Storage>(storage: S, fails: Fails): S {
  const wrap = <T extends object>(target: T, kind: string, path: string): T =>
    new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name, object)
        if (typeof value !== 'function') return value
        return async (...input: unknown[]): Promise<unknown> => {
          const at = kind === '' && typeof input[0] === 'string' ? input[0] : path
          const operation = kind + String(name)
          const failure = fails(operation, at)
            ? new PondError('platform.io', `cannot ${operation} ${at}: the test says so`, { operation, path: at })
            : undefined
          if (failure !== undefined && !ENDS.test(operation)) throw failure
          const output: unknown = await Reflect.apply(value, object, input)
          if (failure !== undefined) throw failure
          const opened = kind === '' ? OPENED[String(name)] : undefined
          return opened === undefined ? output : wrap(output as object, opened, at)
        }
      },
    })
  return wrap(storage, '', '')
}
