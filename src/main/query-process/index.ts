/**
 * The process that DuckDB runs in, started by a host and asked by it over a port: it has the query layer and
 * nothing of the pond. It ends with the process that started it.
 */
import { nodeStorage, nodeWorld, parentPort } from '../platform/node'
import { serveQueries } from '../query'

serveQueries(parentPort(), (folder, log, { command, user }) =>
  nodeWorld({ storage: nodeStorage(folder), log, command, user }),
)
