/** The hash of bytes that are all at hand. */
import { hash } from 'node:crypto'

/** Lower-case hex. At once: an object for each of many small contents waits long to be collected. */
export function sha256Of(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}
