/** SQL: statements that run for a grid, their rows' order, their export, and help for the editor. */
import type { QueryState } from '../../../shared/model'
import { exportQuery } from '../transfer/exports'
import type { Call, Group } from '../connection/handlers'
import type { Session } from '../connection/session'
import { steps } from '../connection/steps'

export function queriesHandlers(session: Session): Group<'queries'> {
  const { productVersion } = session.hub.options
  return {
    run: ({ sql, at }, call) => run(session, { sql, at }, call),
    cancel: async ({ queryId }) => session.mustWorkspace().run(queryId).cancel(),
    sort: ({ queryId, keys }) => session.mustWorkspace().run(queryId).sort(keys),
    close: ({ queryId }) => session.mustWorkspace().closeRun(queryId),
    export: ({ queryId, columns = null, keys = [], name = 'result', ...request }, call) =>
      steps(call, async (report, signal) => {
        const workspace = session.mustWorkspace()
        const run = workspace.run(queryId)
        const shown = { columns, keys }
        const finished = await exportQuery(workspace.pond, {
          run,
          shown,
          name,
          ...request,
          productVersion,
          report,
          signal,
        })
        await workspace.keepExport(finished)
        return finished.wire
      }),
    catalog: () => session.mustWorkspace().pond.queries.catalog(),
    complete: async ({ sql, position, at }, { signal }) => {
      const { pond } = session.mustWorkspace()
      return pond.queries.complete(await pond.source(at), sql, position, signal)
    },
  }
}

/** The states until it ends. Whoever leaves early leaves it running: it belongs to the connection. */
async function* run(
  session: Session,
  { sql, at }: { readonly sql: string; readonly at: string },
  { signal }: Call,
): AsyncGenerator<QueryState, void, void> {
  const workspace = session.mustWorkspace()
  const started = await workspace.pond.queries.start(await workspace.pond.source(at), sql)
  await workspace.keepRun(started)
  for await (const state of started.states()) {
    yield state
    if (signal.aborted) return
  }
}
