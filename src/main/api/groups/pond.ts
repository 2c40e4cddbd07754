/** Opening, making and watching the pond of a connection. */
import type { PondChanged, PondInfo } from '../../../shared/model'
import { Channel } from '../connection/channel'
import type { Group } from '../connection/handlers'
import type { PondLease } from '../connection/hub'
import { fillSample } from './sample'
import type { Session } from '../connection/session'
import { steps } from '../connection/steps'

export function pondHandlers(session: Session): Group<'pond'> {
  const { hub } = session
  const enter = async (lease: () => Promise<PondLease>): Promise<PondInfo> => {
    const { pond, folder } = await session.enter(lease)
    // A home that cannot be written is no reason not to open a pond.
    await hub.config.remember(folder, pond.now()).catch(hub.options.report)
    hub.options.opened?.(folder)
    return pond.info()
  }
  return {
    open: ({ path }) => enter(() => hub.open(path)),
    create: ({ path, sample }) =>
      enter(async () => {
        const lease = await hub.create(path)
        if (!sample) return lease
        try {
          await fillSample(lease.pond)
          return lease
        } catch (error) {
          // Why there is no pond is the sample, whatever closing it says.
          await lease.release().catch((second: unknown) => session.hub.options.report(second))
          throw error
        }
      }),
    close: () => session.leave(),
    info: () => session.mustWorkspace().pond.info(),
    watch: (_, { signal }) => watch(session, signal),
    notices: (_, { signal }) => notices(session, signal),
    verify: ({ quick }, call) =>
      steps(call, (report, signal) => session.mustWorkspace().pond.verify({ quick, signal, onProgress: report })),
  }
}

/** The pond as it is, then after every change; only the newest for a reader that is slow. */
async function* watch(session: Session, signal: AbortSignal): AsyncGenerator<PondChanged, void, void> {
  const { pond, signal: leaving, tickBase } = session.mustWorkspace()
  const news = new Channel<PondChanged>('latest')
  const stop = await pond.onChange((event) => news.push({ ...event, tick: tickBase + event.tick }))
  try {
    yield* news.read(AbortSignal.any([signal, leaving]))
  } finally {
    stop()
  }
}

async function* notices(session: Session, signal: AbortSignal): AsyncGenerator<string, void, void> {
  const { pond, signal: leaving } = session.mustWorkspace()
  const heard = new Channel<string>('all')
  const stop = pond.onNotice((notice) => heard.push(notice))
  try {
    yield* heard.read(AbortSignal.any([signal, leaving]))
  } finally {
    stop()
  }
}
