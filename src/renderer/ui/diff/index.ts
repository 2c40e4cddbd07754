/** Comparing one entry at two moments. */
export { EntryDiffView, type EntryDiffViewProps } from './entry-diff-view'
export type { DiffNames } from './facts'
export { SideRowsView } from './side-rows'
