/** `pond verify`: checks every hash, row and reference, and names each damaged file. */
import type { Run } from '../context'
import { count, oneLine, size, visible } from '../display'

export const run: Run = async (context) => {
  const { out, signal } = context
  const pond = await context.reading()
  const report = await pond.verify({ quick: context.invocation.flag('quick'), signal, onProgress: out.progress })
  const { ok, checked, problems } = report
  await out.show(report, async () => {
    for (const { file, kind, message } of problems) await out.line(`${visible(file)}: ${kind}: ${oneLine(message)}`)
    await out.line(
      `${ok ? 'sound' : count(problems.length, 'problem')}: checked ${count(checked.dataFiles, 'data file')}, ` +
        `${count(checked.rows, 'row')}, ${count(checked.blobs, 'blob')}, ${size(checked.bytes)}`,
    )
  })
  return ok ? 0 : 1
}
