/** `pond info`: identity and numbers. */
import type { Run } from '../context'
import { clockTime, oneLine } from '../display'

export const run: Run = async (context) => {
  const { out } = context
  const pond = await context.writing()
  const info = await pond.info()
  const { totalNodes, pendingOperations, lastCommit } = await pond.status()
  await out.show({ ...info, totalNodes, pendingOperations, lastCommit }, () =>
    out.table(
      [{ title: '' }, { title: '' }],
      [
        ['path', info.path],
        ['pond id', info.pondId],
        ['created', info.createdAt],
        ['format', String(info.format)],
        ['version', String(info.version)],
        ['Delta version', String(info.deltaVersion)],
        ['entries', String(totalNodes)],
        ['pending operations', String(pendingOperations)],
        ['last commit', lastCommit === null ? 'none' : clockTime(lastCommit)],
        ['read-only', info.readOnly === null ? 'no' : oneLine(info.readOnly.message)],
      ],
    ),
  )
}
