/** What every write verb answers with: the operations it staged, and the commit that `-m` asked for. */
import type { OperationRecord } from '../../shared/model'
import type { Staged, StagingFileSystem } from '../pond'
import { commitLine, conflictError, noteAlsoCommitted, outcomeDocument, reportConflict, wire } from './committed'
import type { Context, ExitStatus } from './context'
import { count, visible } from './display'

const GLYPHS = { create: '+', update: '~', append: '~', delete: '-', rename: '>' } as const
/** At most this many lines for what a command staged: the rest is counted. */
const SHOWN = 20

/** Stages what `work` does, all or nothing, and shows it. */
export async function stageAndShow(
  context: Context,
  work: (fs: StagingFileSystem) => Promise<unknown>,
): Promise<ExitStatus> {
  const pond = await context.writing()
  return showStaged(context, await context.staging((options) => pond.stage(work, options)))
}

/** @param extra what this verb's JSON document says besides */
export async function showStaged(
  context: Context,
  { operations, commit }: Pick<Staged<unknown>, 'operations' | 'commit'>,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<ExitStatus> {
  const { out } = context
  const conflict = commit === null ? undefined : conflictError(commit)
  const value = {
    ...extra,
    staged: operations.length,
    operations,
    ...(commit === null ? {} : { commit: outcomeDocument(commit) }),
    ...wire(conflict),
  }
  await out.show(value, async () => {
    if (operations.length === 0) await out.line('nothing to stage: it is so already')
    for (const one of operations.slice(0, SHOWN)) await out.line(operationLine(one))
    if (operations.length > SHOWN) await out.line(`… and ${count(operations.length - SHOWN, 'more operation')}`)
    if (commit !== null) await out.line(commitLine(commit))
  })
  await noteAlsoCommitted(context, commit)
  return reportConflict(context, conflict)
}

export function operationLine({ operation, path, oldPath }: OperationRecord): string {
  const from = oldPath !== null && oldPath !== path ? `${visible(oldPath)} > ` : ''
  return `${GLYPHS[operation]} ${from}${visible(path)}`
}
