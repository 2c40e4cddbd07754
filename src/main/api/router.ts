/** The groups of calls that make the whole contract. */
import { changesHandlers } from './groups/changes'
import { filesHandlers } from './groups/files'
import type { Handlers } from './connection/handlers'
import { historyHandlers } from './groups/history'
import { hostHandlers } from './groups/host'
import { pondHandlers } from './groups/pond'
import { queriesHandlers } from './groups/queries'
import { recipesHandlers } from './groups/recipes'
import type { Session } from './connection/session'

/** Every call of the contract, on one connection. */
export function createHandlers(session: Session): Handlers {
  return {
    host: hostHandlers(session),
    pond: pondHandlers(session),
    files: filesHandlers(session),
    changes: changesHandlers(session),
    history: historyHandlers(session),
    queries: queriesHandlers(session),
    recipes: recipesHandlers(session),
  }
}
