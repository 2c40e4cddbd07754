/** The options that say what a stream will bring, so that one that breaks off is not taken for the whole. */
import { mustKeep, type Promised } from '../platform/node'
import { usage, type Invocation } from './invocation'

/** @throws cli.usage */
export function promised(invocation: Invocation): Promised {
  const size = invocation.number('size', { min: 0, max: Number.MAX_SAFE_INTEGER })
  const sha256 = invocation.text('sha256')
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    throw usage(`--sha256: expected 64 hexadecimal digits, found ${sha256.length === 0 ? 'nothing' : 'something else'}`)
  return { size, sha256 }
}

/** The content, which ends only as was promised. @param what for messages @throws platform.incomplete */
export function keeping(
  content: AsyncIterable<Uint8Array>,
  promise: Promised,
  what: string,
): AsyncIterable<Uint8Array> {
  return promise.size === undefined && promise.sha256 === undefined ? content : mustKeep(content, promise, what)
}
