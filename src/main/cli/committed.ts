/** How the end of a commit is shown: the outcome, and a conflict as an error that names its operations. */
import { PondError } from '../../shared/errors'
import type { CommitOutcome, Conflict } from '../../shared/model'
import type { Context, Verdict } from './context'
import { count, size, visible } from './display'

/** At most this many paths in a message. */
const NAMED = 5

/** Shows an outcome as the whole answer of a command. */
export async function showCommit(context: Context, outcome: CommitOutcome): Promise<Verdict> {
  const error = conflictError(outcome)
  await context.out.show({ ...outcome, ...wire(error) }, () => context.out.line(commitLine(outcome)))
  await noteCompany(context, outcome)
  return settle(context, error)
}

/** Names what went along with a commit because what was asked for depends on it. */
export async function noteCompany({ out }: Context, commit: CommitOutcome | null): Promise<void> {
  if (commit?.outcome !== 'committed' || commit.alsoCommitted.length === 0) return
  const { alsoCommitted } = commit
  const named = alsoCommitted.slice(0, NAMED).map(visible).join(', ')
  const rest = alsoCommitted.length > NAMED ? ` and ${alsoCommitted.length - NAMED} more` : ''
  await out.note(`went along, because this depends on it: ${named}${rest}`)
}

/** A conflict as an error; nothing for the other outcomes. */
export function conflictError(outcome: CommitOutcome): PondError | undefined {
  if (outcome.outcome !== 'conflict') return undefined
  const { version, conflicts } = outcome
  const message = `${count(conflicts.length, 'pending operation')} cannot be applied to version ${version}: ${conflicts.map(reasonOf).join('; ')}`
  return new PondError('steward.conflict', message, { version, conflicts })
}

/** The error as a member of a JSON document. */
export function wire(error: PondError | undefined): Readonly<Record<string, unknown>> {
  return error === undefined ? {} : { error: { code: error.code, message: error.message, detail: error.detail } }
}

/** Says the error on stderr, where there is one. */
export async function settle({ out }: Context, error: PondError | undefined): Promise<Verdict> {
  if (error === undefined) return 0
  await out.errorLine(error)
  return 1
}

export function commitLine(outcome: CommitOutcome): string {
  switch (outcome.outcome) {
    case 'nothing-to-commit':
      return `nothing to commit: version ${outcome.version} has everything`
    case 'conflict':
      return `not committed: version ${outcome.version} stays the head`
    case 'committed':
      return (
        `committed version ${outcome.version}: ${count(outcome.operationsCommitted, 'operation')}, ` +
        `${size(outcome.bytesWritten)} written in ${Math.round(outcome.durationUs / 1000)} ms`
      )
  }
}

function reasonOf({ operation, path, reason }: Conflict): string {
  return `${operation} ${visible(path)}: ${reason}`
}
