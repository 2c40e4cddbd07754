/** The options that say what a stream should bring, so that one that breaks off is not taken for complete. */
import { mustBeComplete, type ExpectedContent } from '../platform/node'
import { usage, type Invocation } from './invocation'

/** @throws cli.usage */
export function expectedContent(invocation: Invocation): ExpectedContent {
  const size = invocation.number('size', { min: 0, max: Number.MAX_SAFE_INTEGER })
  const sha256 = invocation.text('sha256')
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    throw usage(`--sha256: expected 64 hexadecimal digits, found ${sha256.length === 0 ? 'nothing' : 'something else'}`)
  return { size, sha256 }
}

/** The content, which ends only if it is what was expected. @param what for messages @throws platform.incomplete */
export function completeContent(
  content: AsyncIterable<Uint8Array>,
  expected: ExpectedContent,
  what: string,
): AsyncIterable<Uint8Array> {
  return expected.size === undefined && expected.sha256 === undefined
    ? content
    : mustBeComplete(content, expected, what)
}
