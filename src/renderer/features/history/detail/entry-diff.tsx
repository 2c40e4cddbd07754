/** One entry at the two moments that are compared. */
import { Loader } from '@mantine/core'
import type { DiffSide } from '../../../../shared/contract'
import { momentOfSide, useEntryDiff, useSideRows } from '../../../session'
import { EntryDiffView, SideRowsView, type DiffNames } from '../../../ui/diff'
import type { Pair } from '../choice'
import classes from './detail.module.css'

export function EntryDiff({
  path,
  pair,
  names,
}: {
  readonly path: string
  readonly pair: Pair
  readonly names: DiffNames
}) {
  const read = useEntryDiff({ path, ...pair })
  return <EntryDiffView key={path} {...read} names={names} Rows={SideRows} />
}

function SideRows({ side }: { readonly side: DiffSide }) {
  const run = useSideRows(side)
  const failure = run.failure ?? (run.state?.state === 'failed' ? run.state.error : null)
  const name = side.at.kind === 'pending' ? 'pending' : `version ${momentOfSide(side)}`
  return <SideRowsView source={run.source} failure={failure} name={name} />
}

export function Waiting() {
  return (
    <div className={classes.waiting}>
      <Loader size="xs" role="img" aria-label="Loading" />
    </div>
  )
}
