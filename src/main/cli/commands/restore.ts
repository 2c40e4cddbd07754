/** `pond restore`: stages the way back to a moment, of one entry or of the whole pond. */
import { isPondError, PondError } from '../../../shared/errors'
import type { CommitOutcome } from '../../../shared/model'
import type { Pond, Restored, RestoreOptions } from '../../pond'
import { commitLine, conflictError, outcomeDocument, reportConflict, wire } from '../committed'
import type { Context, Run } from '../context'
import { count, visible } from '../display'
import { usage } from '../invocation'
import { reread } from './reread'

export const run: Run = async (context) => {
  const { out, args, invocation } = context
  const to = invocation.text('to')
  const path = args[0] ?? null
  if (to === undefined && path !== null) throw usage('expected --to with a version or a timestamp, found none')
  if (to === undefined && invocation.text('message') !== undefined)
    throw usage('expected --to with -m, found -m alone: without --to there is nothing to commit')
  const keep = invocation.text('keep')
  if (to === undefined && keep !== undefined)
    throw usage('expected --to with --keep, found --keep alone: without --to nothing gives way')
  if (to === undefined) return reread(context, NOTHING_RESTORED)
  const pond = await context.writing()
  const message = invocation.text('message')
  const { displaced, kept, commit, ...outcome } = await restoring(pond, path, to, {
    ...(keep !== undefined && { keep: context.commitOptions(keep) }),
    // What is committed at once can no longer be undone.
    ...((message !== undefined || (await context.commitsByItself())) && {
      commit: context.commitOptions(message),
      refuseToDisplace: true,
    }),
  })
  if (kept?.outcome === 'conflict') return fail(context, kept)
  const conflict = commit === null ? undefined : conflictError(commit)
  await out.show(
    {
      ...outcome,
      ...(displaced.length === 0 ? {} : { displaced }),
      ...(kept === null ? {} : { kept: outcomeDocument(kept) }),
      ...(commit === null ? {} : { commit: outcomeDocument(commit) }),
      ...wire(conflict),
    },
    async () => {
      if (kept !== null) await out.line(commitLine(kept))
      await out.line(
        outcome.staged === 0
          ? `nothing to restore: it is as at ${outcome.target} already`
          : `staged ${count(outcome.staged, 'operation')} to bring ${count(outcome.nodesRestored, 'entry', 'entries')} back to ${outcome.target}`,
      )
      if (commit !== null) return out.line(commitLine(commit))
      if (displaced.length === 0) return
      await out.line(
        `pending changes of ${count(displaced.length, 'entry', 'entries')} gave way; \`pond undo\` brings them back`,
      )
      for (const one of displaced.slice(0, SHOWN)) await out.line(`  ${visible(one)}`)
      if (displaced.length > SHOWN) await out.line(`  … and ${count(displaced.length - SHOWN, 'more', 'more')}`)
    },
  )
  return reportConflict(context, conflict)
}

/** Whoever wants something back says which version: without one, nothing of the pond changes. */
const NOTHING_RESTORED =
  'nothing was restored: --to says which version, `pond log` lists them, and `pond undo` brings back what was discarded'

/** At most this many lines for what gave way: the rest is counted. */
const SHOWN = 20

/** @throws steward.would-displace in the words of the command line */
async function restoring(pond: Pond, path: string | null, to: string, options: RestoreOptions): Promise<Restored> {
  try {
    return await pond.restore(path, to, options)
  } catch (error) {
    if (!isPondError(error, 'steward.would-displace')) throw error
    const message = `${error.message} (\`--keep MESSAGE\` commits them), or restore without committing at once`
    throw new PondError(error.code, message, error.detail, error)
  }
}

async function fail(context: Context, kept: CommitOutcome): ReturnType<Run> {
  const conflict = conflictError(kept)
  await context.out.show({ kept: outcomeDocument(kept), ...wire(conflict) }, () => context.out.line(commitLine(kept)))
  return reportConflict(context, conflict)
}
