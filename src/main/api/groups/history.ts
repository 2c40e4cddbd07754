/** Committed versions and what each did. */
import type { Group } from '../connection/handlers'
import { pageOf } from '../connection/paging'
import type { Session } from '../connection/session'

export function historyHandlers(session: Session): Group<'history'> {
  return {
    log: ({ path, before, limit }) =>
      session
        .mustWorkspace()
        .pond.log({ limit, ...(path === null ? {} : { path }), ...(before === null ? {} : { before }) }),
    show: async ({ version, offset, limit }) => {
      const operations = await session.mustWorkspace().pond.show(version)
      return { total: operations.length, operations: pageOf(operations, { offset, limit }) }
    },
  }
}
