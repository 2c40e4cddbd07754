/** `pond verify`: checks every hash, row and reference, and names each damaged file. */
import { isPondError } from '../../../shared/errors'
import type { VerifyReport } from '../../../shared/model'
import type { Context, Run } from '../context'
import { count, oneLine, size, visible } from '../display'

export const run: Run = async (context) => {
  const { out } = context
  const report = await check(context)
  const { ok, checked, problems, notes } = report
  await out.show(report, async () => {
    for (const { file, kind, message } of problems) await out.line(`${visible(file)}: ${kind}: ${oneLine(message)}`)
    for (const { file, message } of notes) await out.line(`${visible(file)}: note: ${oneLine(message)}`)
    await out.line(
      `${ok ? 'sound' : count(problems.length, 'problem')}: checked ${count(checked.dataFiles, 'data file')}, ` +
        `${count(checked.rows, 'row')}, ${count(checked.blobs, 'blob')}, ${size(checked.bytes)}`,
    )
  })
  return ok ? 0 : 1
}

/** Damage that keeps a pond from being opened is a finding, too. */
async function check(context: Context): Promise<VerifyReport> {
  const { invocation, signal, out } = context
  try {
    const pond = await context.reading()
    return await pond.verify({ quick: invocation.flag('quick'), signal, onProgress: out.progress })
  } catch (error) {
    if (!isPondError(error) || !error.code.startsWith('oplog.')) throw error
    const { verifyUnopened } = await import('../../pond')
    const options = { quick: invocation.flag('quick'), signal, onProgress: out.progress }
    return verifyUnopened(await context.pondWorld(), error, options)
  }
}
