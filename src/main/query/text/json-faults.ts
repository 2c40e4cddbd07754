/** Finds where a text stops being JSON. DuckDB does not tell the line, and sometimes tells the wrong place. */
import { compressionOfName } from '../formats'
import type { Sandbox } from '../engine/engine'
import { quoteText } from '../engine/quote'
import { unreadable } from './refusals'
import type { Chunks } from './text-bytes'

/** Bytes that are looked at for the line of a fault. */
const MOST_EXPLAINED = 16 * 1024 * 1024

/** Names the first line that is no JSON: DuckDB counts them from where it began to read. */
export async function explainMalformed(
  { connection }: Sandbox,
  hostPath: string,
  name: string,
  isCopy: boolean,
): Promise<void> {
  const compression = isCopy ? null : compressionOfName(name)
  const packed = compression === null ? '' : `, compression = ${quoteText(compression)}`
  const dialect = `auto_detect = false, header = false, delim = '', quote = '', escape = ''`
  const lines = `read_csv(${quoteText(hostPath)}${packed}, ${dialect}, columns = {'text': 'VARCHAR'}, max_line_size = 16777216)`
  const found = await connection
    .runAndReadAll(
      `SELECT line FROM (SELECT row_number() OVER () AS line, text FROM ${lines})
       WHERE trim(text) <> '' AND NOT json_valid(text) ORDER BY line LIMIT 1`,
    )
    // What cannot be read as lines is explained by the error that brought us here.
    .catch(() => null)
  const line = found?.getRows()[0]?.[0]
  if (line != null) throw unreadable(name, `line ${String(line)} is no JSON`, { line: Number(line) })
}

/** @throws query.unreadable-file naming the line on which a list of JSON ends to be one */
export async function explainArray(pieces: Chunks, name: string): Promise<void> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of pieces) {
    size += chunk.length
    if (size > MOST_EXPLAINED) return
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString()
  // DuckDB takes numbers that JSON does not have, which are not what is wrong.
  if (!text.trimStart().startsWith('[') || /NaN|Infinity/i.test(text)) return
  try {
    JSON.parse(text)
  } catch (error) {
    const { length } = text.trimEnd()
    const place = Number(/position (\d+)/.exec(String(error))?.[1] ?? length)
    const line = text.slice(0, Math.min(place, length)).split('\n').length
    const reason = place >= length ? `it ends within a value, on line ${line}` : `line ${line} is no JSON`
    throw unreadable(name, reason, { line })
  }
}
