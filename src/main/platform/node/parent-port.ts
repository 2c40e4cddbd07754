/** The line to the process that started this one: Node's, or that of an Electron utility process. */
import type { Port } from '../processes'

/** Electron's side of `utilityProcess`, as far as it is used here. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
}

/** Ends this process with the other one. */
export function parentPort(): Port {
  const port = (process as { readonly parentPort?: ParentPort }).parentPort
  if (port !== undefined) {
    return {
      post: (message) => port.postMessage(message),
      listen: (listener) => port.on('message', ({ data }) => listener(data)),
    }
  }
  // Not `process.exit`, which waits for the threads in which statements run: some run for hours.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  // A terminal sends them to all of its processes: the one that started this one decides what they mean.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  return {
    post: (message) => void process.send?.(message, () => undefined),
    listen: (listener) => void process.on('message', listener),
  }
}
