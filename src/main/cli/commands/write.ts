/** `pond write`: stages what stdin brings, as a new file or as new content of one. */
import type { PondPath } from '../../../shared/path'
import type { StagingFileSystem } from '../../pond'
import type { Run } from '../context'
import { fileTypeOption } from '../file-type'
import { usage } from '../invocation'
import { completeContent, expectedContent } from '../expected-content'
import { showStaged } from '../staged'

export const run: Run = async (context) => {
  const { invocation, io, signal } = context
  const [path] = context.args as readonly [string]
  if (io.stdinIsTerminal) throw usage('expected content on stdin, found none: pipe something in')
  const typed = fileTypeOption(invocation)
  const expected = expectedContent(invocation)
  const pond = await context.writing()
  const content = await pond.prepare(completeContent(io.stdin, expected, 'stdin'), signal)
  if (content.size === 0 && expected.size === undefined)
    await context.out.note('stdin was empty; --size refuses what is not as large as it should be')
  try {
    const put = (fs: StagingFileSystem): Promise<PondPath> =>
      fs.put(path, content, {
        replace: true,
        parents: invocation.flag('parents'),
        ...typed,
      })
    const staged = await context.staging((options) => pond.stage(put, options))
    return await showStaged(context, staged, { path: staged.result, size: content.size, sha256: content.sha256 })
  } finally {
    await pond.discardPrepared(content)
  }
}
