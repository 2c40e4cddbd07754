/** A real pond in a temporary folder, and its rows by SQL. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond, toJson, type Pond } from '../../src/main/pond'

export type Row = readonly unknown[]

export interface TestPond {
  readonly folder: string
  pond: Pond
  write(path: string, content: string | Uint8Array): Promise<void>
  commit(message?: string): Promise<void>
  /** All rows as JSON. */
  rows(sql: string, at?: string): Promise<Row[]>
  /** Rows as objects by column name. */
  objects(sql: string, at?: string): Promise<Record<string, unknown>[]>
  /** As another process would open it. */
  reopen(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function newPond(): Promise<TestPond> {
  const folder = await mkdtemp(join(tmpdir(), 'duckpond-sql-'))
  const world = () => nodeWorld({ storage: nodeStorage(folder), user: 'tester' })
  const self: TestPond = {
    folder,
    pond: await createPond(world()),
    async write(path, content) {
      await self.pond.stage(async (fs) => {
        const writer = await fs.writeFile(path)
        await writer.write(typeof content === 'string' ? new TextEncoder().encode(content) : content)
        await writer.close()
      })
    },
    async commit(message = 'm') {
      await self.pond.commit({ message })
    },
    rows: async (sql, at = 'pending') => (await read(self.pond, sql, at)).rows,
    async objects(sql, at = 'pending') {
      const { names, rows } = await read(self.pond, sql, at)
      return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])))
    },
    async reopen() {
      await self.pond.close()
      self.pond = await openPond(world())
    },
    async [Symbol.asyncDispose]() {
      await self.pond.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return self
}

async function read(pond: Pond, sql: string, at: string): Promise<{ names: string[]; rows: Row[] }> {
  const stream = await pond.queries.stream(await pond.source(at), sql)
  const rows: Row[] = []
  for await (const batch of stream.batches) {
    for (const row of batch) rows.push(row.map((value, index) => toJson(value, stream.columns[index]!.type)))
  }
  return { names: stream.columns.map(({ name }) => name), rows }
}
