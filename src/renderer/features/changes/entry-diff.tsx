/** One changed entry at both its moments, as the pond gives them to the diff view. */
import { Loader } from '@mantine/core'
import { useCallback } from 'react'
import { contentUrl } from '../../../shared/bytes'
import type { DiffSide } from '../../../shared/contract'
import { failureOf, useConnection, usePond, useQueryRun, useRead } from '../../session'
import { EmptyState, ErrorState } from '../../ui'
import { EntryDiffView, type DiffNames } from '../../ui/diff'
import { ResultGrid } from '../../ui/grid'
import classes from './changes.module.css'

export interface EntryDiffProps {
  readonly path: string
  readonly from: string
  readonly to: string
  readonly names: DiffNames
}

export function EntryDiff({ path, from, to, names }: EntryDiffProps) {
  const { fetchBytes } = useConnection()
  const { pondId } = usePond()
  const { data, error } = useRead(
    ['diff-entry', path, from],
    (api, at, signal) => api.changes.diffEntry({ path, from, to: at }, { signal }),
    { at: to },
  )
  const loadText = useCallback(
    async (side: DiffSide, signal: AbortSignal) =>
      (await fetchBytes(contentUrl(pondId, side.path, momentOf(side)), { signal })).text(),
    [fetchBytes, pondId],
  )
  if (error !== null) return <ErrorState title="The two sides cannot be compared" failure={failureOf(error)} />
  if (data === undefined) {
    return (
      <div className={classes.waiting}>
        <Loader size="xs" aria-label="Loading" />
      </div>
    )
  }
  return <EntryDiffView key={path} diff={data} names={names} loadText={loadText} Rows={SideRows} />
}

function SideRows({ side }: { readonly side: DiffSide }) {
  const at = momentOf(side)
  const run = useQueryRun({ sql: `SELECT * FROM '${side.path.replaceAll("'", "''")}'`, at }, side.sha256)
  const failure = run.failure ?? (run.state?.state === 'failed' ? run.state.error : null)
  if (failure !== null) return <ErrorState title="The rows cannot be read" failure={failure} />
  if (run.source === null) return <EmptyState>Reading…</EmptyState>
  return <ResultGrid source={run.source} label={at === 'pending' ? 'Rows in pending' : `Rows in version ${at}`} />
}

const momentOf = (side: DiffSide): string => (side.at.kind === 'pending' ? 'pending' : String(side.at.version))
