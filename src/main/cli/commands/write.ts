/** `pond write`: stages what stdin brings, as a new file or as new content of one. */
import type { Run } from '../context'
import { size, visible } from '../display'
import { fileTypeOption } from '../file-type'
import { usage } from '../invocation'
import { showStaged } from '../staged'

export const run: Run = async (context) => {
  const { invocation, io } = context
  const [path] = context.args as readonly [string]
  if (io.stdinIsTerminal) throw usage('expected content on stdin, found a terminal: pipe something in')
  const typed = fileTypeOption(invocation)
  const pond = await context.writing()
  const content = await pond.prepare(io.stdin, context.signal)
  try {
    const options = { replace: true, parents: invocation.flag('parents'), ...typed }
    const staged = await pond.stage((fs) => fs.put(path, content, options), context.stageOptions())
    const { size: bytes, sha256 } = content
    if (context.out.isTerminal) await context.out.line(`${visible(staged.result)}: ${size(bytes)}`)
    return await showStaged(context, staged, { path: staged.result, size: bytes, sha256 })
  } finally {
    await pond.discardPrepared(content)
  }
}
