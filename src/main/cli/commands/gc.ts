/** `pond gc`: removes files of the pond's folder that nothing can ask for any more, and names them. */
import type { Run } from '../context'
import { count, size, visible } from '../display'
import { durationMs } from '../duration'

export const run: Run = async (context) => {
  const { out, invocation, signal } = context
  const graceMs = durationMs(invocation, 'grace')
  const dryRun = invocation.flag('dryRun')
  const pond = await context.writing()
  const options = { dryRun, signal, onProgress: out.progress, ...(graceMs === undefined ? {} : { graceMs }) }
  const { removed, bytes, moved } = await pond.gc(options)
  await out.show({ removed, bytes, moved }, async () => {
    await out.table(
      [{ title: '' }, { title: '' }, { title: '', align: 'right' }],
      removed.map((each) => [visible(each.file), each.kind, { text: size(each.bytes), plain: String(each.bytes) }]),
    )
    if (moved.files > 0)
      await out.note(
        `${dryRun ? 'would move' : 'moved'} ${count(moved.files, 'large file')}, ${size(moved.bytes)}, out of data/, where other engines clean up, into large/`,
      )
    if (removed.length === 0) return out.note('nothing to remove')
    await out.note(`${dryRun ? 'would remove' : 'removed'} ${count(removed.length, 'file')}, ${size(bytes)}`)
  })
}
