/** `export-rows FORMAT [ROWS]`: exports the rows of a query, ten million by default. */
import { join } from 'node:path'
import type { ExportFormat } from '../../src/shared/model'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, type Pond } from '../../src/main/pond'
import { measured } from './peak'

const [format, rows = '10000000'] = process.argv.slice(2) as [ExportFormat, string?]

const sql = (count: string): string =>
  `SELECT range AS id, hash(range)::VARCHAR AS text, range / 7 AS value, TIMESTAMP '2026-01-01' + to_seconds(range) AS at FROM range(${count})`

async function write(pond: Pond, count: string, target: string): Promise<{ rows: number; bytes: number }> {
  return pond.queries.export(await pond.source('head'), sql(count), {
    format,
    target,
    metadata: { 'pond.id': pond.pondId },
  })
}

void measured({
  async prepare(folder) {
    const pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
    await write(pond, '1000', join(folder, 'small'))
    return pond
  },
  async work(pond, folder) {
    const result = await write(pond, rows, join(folder, 'large'))
    await pond.close()
    return result
  },
})
