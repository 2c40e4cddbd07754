/** Whether Arrow data is whole: every batch is read and unpacked, one at a time, and none of its values. */
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import type { SqlViewTools } from '../files/sql-views'
import type { TableFile } from '../source'

export interface NamedBytes extends Pick<TableFile, 'open'> {
  /** For messages. */
  readonly name: string
}

/** @throws query.unreadable-file, and what reading the content throws */
export async function mustBeWholeArrow({ name, open }: NamedBytes, pace: SqlViewTools['pace']): Promise<void> {
  const { IpcProblem, openIpc } = await import('./ipc-stream')
  const bytes = await open()
  try {
    const { batches } = await openIpc(bytes)
    for await (const _batch of batches) if (pace.due) await pace.rest()
  } catch (error) {
    if (!(error instanceof IpcProblem)) throw error
    const reason = bytes.size === 0 ? 'it is empty' : error.message
    const message = `${quote(name)}: expected an Arrow table: ${reason}`
    const detail = { path: name, reason, options: [], hints: [], candidates: [] }
    throw new PondError('query.unreadable-file', message, detail, error)
  } finally {
    await bytes.close()
  }
}
