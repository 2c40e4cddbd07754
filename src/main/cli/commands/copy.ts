/** `pond copy`: files and folders into the pond, out of it, or within it; `host:` marks this machine. */
import type { Context, Run, ExitStatus } from '../context'
import type { CopyOutcome } from '../copied'
import { count, oneLine, size, visible } from '../display'
import { usage } from '../invocation'
import { commitLine, conflictError, noteAlsoCommitted, outcomeDocument, reportConflict, wire } from '../committed'

const HOST = /^host:(\/\/(?=\/))?/

export const run: Run = async (context) => {
  const sources = context.args.slice(0, -1)
  const destination = context.args.at(-1)!
  const onHost = sources.filter((source) => HOST.test(source))
  if (onHost.length === 0 && (context.invocation.flag('toParquet') || context.invocation.text('type') !== undefined)) {
    throw usage('expected --type and --to-parquet with host: before the sources, found none')
  }
  if (HOST.test(destination)) {
    if (onHost.length > 0) throw usage('expected a pond path on one side, found host: on both')
    const { copyOutOf } = await import('../copy-out')
    return show(context, await copyOutOf(context, sources, hostPath(context, destination)))
  }
  if (onHost.length > 0 && onHost.length < sources.length) {
    throw usage('expected all sources on one side, found some with host: and some without')
  }
  if (onHost.length > 0) {
    const { copyIn } = await import('../copy-in')
    return show(
      context,
      await copyIn(
        context,
        sources.map((source) => hostPath(context, source)),
        destination,
      ),
    )
  }
  const { copyWithin } = await import('../copy-within')
  return show(context, await copyWithin(context, sources, destination))
}

/** `host:///abs`, `host:/abs` or `host:relative`, absolute; a trailing slash stays. */
function hostPath(context: Context, argument: string): string {
  const path = argument.replace(HOST, '')
  if (path === '') throw usage('expected a path after host:, found nothing')
  return context.hostPath(path) + (/[^/]\/$/.test(path) ? '/' : '')
}

async function show(context: Context, { files, bytes, skipped, staged }: CopyOutcome): Promise<ExitStatus> {
  const { out } = context
  const commit = staged?.commit ?? null
  const conflict = commit === null ? undefined : conflictError(commit)
  const value = {
    files,
    bytes,
    staged: staged?.operations.length ?? 0,
    skipped,
    ...(commit === null ? {} : { commit: outcomeDocument(commit) }),
    ...wire(conflict),
  }
  for (const { path, reason } of skipped) await out.note(`skipped ${visible(path)}: ${oneLine(reason)}`)
  await out.show(value, async () => {
    await out.line(
      `copied ${count(files, 'file')}, ${size(bytes)}${staged === null ? '' : `; ${count(staged.operations.length, 'operation')} staged`}`,
    )
    if (commit !== null) await out.line(commitLine(commit))
  })
  await noteAlsoCommitted(context, commit)
  const status = await reportConflict(context, conflict)
  // The rest is there; a script has to learn that not all of it is.
  return skipped.length > 0 ? 1 : status
}
