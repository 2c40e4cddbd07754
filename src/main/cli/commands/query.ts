/** `pond query`: SQL over the pond; `-` reads the statement from stdin. */
import type { Run } from '../context'
import { usage } from '../invocation'
import { runQuery } from '../run-query'

export const run: Run = async (context) => {
  const [argument] = context.args as readonly [string]
  const sql = argument === '-' ? await readAll(context.io.stdin) : argument
  if (sql.trim() === '') throw usage('expected a SQL statement, found nothing')
  await runQuery(context, { sql, at: context.at('head') })
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString('utf8')
}
