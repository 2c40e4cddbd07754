/** How the end of a commit is shown: the outcome, and a conflict as an error that names its operations. */
import { PondError } from '../../shared/errors'
import type { CommitOutcome, Conflict } from '../../shared/model'
import type { Context, ExitStatus } from './context'
import { count, oneLine, size, visible } from './display'

/** At most this many paths in a message. */
const NAMED = 5

/** An outcome as JSON has it: every key is there, whatever came of it. */
export function outcomeDocument(outcome: CommitOutcome): Readonly<Record<string, unknown>> {
  return {
    transactionId: null,
    operationsCommitted: 0,
    alsoCommitted: [],
    bytesWritten: 0,
    recordBatchSize: 0,
    durationUs: null,
    conflicts: [],
    ...outcome,
  }
}

/** Shows an outcome as the whole answer of a command. */
export async function showCommit(context: Context, outcome: CommitOutcome): Promise<ExitStatus> {
  const error = conflictError(outcome)
  await context.out.show({ ...outcomeDocument(outcome), ...wire(error) }, async () => {
    // Other things may be pending where only some were asked for.
    const left =
      outcome.outcome === 'nothing-to-commit' ? (await (await context.writing()).status()).pendingOperations : 0
    await context.out.line(
      left === 0 ? commitLine(outcome) : `nothing to commit there; ${count(left, 'operation')} pending elsewhere`,
    )
  })
  await noteAlsoCommitted(context, outcome)
  return reportConflict(context, error)
}

/** Names what went along with a commit because what was asked for depends on it. */
export async function noteAlsoCommitted({ out }: Context, commit: CommitOutcome | null): Promise<void> {
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
export async function reportConflict({ out }: Context, error: PondError | undefined): Promise<ExitStatus> {
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
  return `${operation} ${visible(path)}: ${oneLine(reason)}`
}
