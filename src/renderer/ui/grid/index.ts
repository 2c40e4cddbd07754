/**
 * The grid, for features. The component and Arrow with it are fetched when a result is first shown.
 *
 * @example <ResultGrid source={run.source} />
 */
import { createElement, lazy, Suspense } from 'react'
import type { ResultGridProps } from './result-grid'
import classes from './result-grid.module.css'

export { ExportMenu } from './export-menu'
export type { ResultGridProps, ShownColumns } from './result-grid'
export type { RowSource } from './row-source'

const Loaded = lazy(() => import('./result-grid'))

export function ResultGrid(props: ResultGridProps) {
  return createElement(
    Suspense,
    { fallback: createElement('div', { className: classes.root }) },
    createElement(Loaded, props),
  )
}
