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
    cancel: async ({ queryId }) => session.desk.run(queryId).cancel(),
    sort: ({ queryId, keys }) => session.desk.run(queryId).sort(keys),
    close: ({ queryId }) => session.desk.closeRun(queryId),
    export: ({ queryId, columns = null, keys = [], name = 'result', ...request }, call) =>
      steps(call, async (report, signal) => {
        const desk = session.desk
        const run = desk.run(queryId)
        const shown = { columns, keys }
        const finished = await exportQuery(desk.pond, { run, shown, name, ...request, productVersion, report, signal })
        await desk.keepExport(finished)
        return finished.wire
      }),
    catalog: async ({ at }) => {
      const { pond } = session.desk
      return pond.queries.catalog(await pond.source(at))
    },
    complete: async ({ sql, position, at }, { signal }) => {
      const { pond } = session.desk
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
  const desk = session.desk
  const started = await desk.pond.queries.start(await desk.pond.source(at), sql)
  await desk.keepRun(started)
  for await (const state of started.states()) {
    yield state
    if (signal.aborted) return
  }
}
