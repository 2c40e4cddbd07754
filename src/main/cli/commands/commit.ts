/** `pond commit`: makes what is pending a version; without a message, one made of what changed. */
import type { Change } from '../../../shared/model'
import { CHANGE_KINDS } from '../../../shared/model'
import { showCommit } from '../committed'
import type { Context, Run } from '../context'
import { visible } from '../display'
import { usage } from '../invocation'

export const run: Run = async (context) => {
  const pond = await context.writing()
  const message = given(context) ?? describeChanges((await pond.diff('head', 'pending')).changes)
  return showCommit(context, await pond.commit(context.commitOptions(message)))
}

function given({ invocation }: Context): string | undefined {
  const [argument] = invocation.args
  const option = invocation.text('message')
  if (argument !== undefined && option !== undefined)
    throw usage('expected one message, found two: as an argument and with -m')
  return option ?? argument
}

const VERBS = { added: 'Add', modified: 'Change', deleted: 'Delete', renamed: 'Rename' } as const

/** `Add /a.csv and 2 more, delete /b.csv`. */
function describeChanges(changes: readonly Change[]): string {
  const parts = CHANGE_KINDS.flatMap((kind) => {
    const these = changes.filter((change) => change.change === kind)
    const [first] = these
    if (first === undefined) return []
    return `${VERBS[kind]} ${visible(first.path)}${these.length > 1 ? ` and ${these.length - 1} more` : ''}`
  })
  return parts.map((part, i) => (i === 0 ? part : part[0]!.toLowerCase() + part.slice(1))).join(', ')
}
