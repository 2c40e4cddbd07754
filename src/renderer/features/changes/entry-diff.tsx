/** One changed entry at both its moments. */
import type { DiffSide } from '../../../shared/contract'
import { momentOfSide, useEntryDiff, useSideRows } from '../../session'
import { EntryDiffView, SideRowsView, type DiffNames } from '../../ui/diff'

export function EntryDiff(props: {
  readonly path: string
  readonly from: string
  readonly to: string
  readonly names: DiffNames
}) {
  const read = useEntryDiff(props)
  return <EntryDiffView key={props.path} {...read} names={props.names} Rows={SideRows} />
}

function SideRows({ side }: { readonly side: DiffSide }) {
  const run = useSideRows(side)
  const failure = run.failure ?? (run.state?.state === 'failed' ? run.state.error : null)
  return (
    <SideRowsView
      source={run.source}
      failure={failure}
      name={side.at.kind === 'pending' ? 'pending' : `version ${momentOfSide(side)}`}
    />
  )
}
