/** Copies a range of cells: at once where its rows are here already, otherwise after reading them. */
import { useCallback, useRef } from 'react'
import { formatNumber } from '../format'
import { copyText, type CopiedRow, type CopyFormat } from './copy-text'
import type { GridColumn } from './grid-table'
import type { Page } from './page'
import type { Pages } from './pages'
import { cellsIn, type CellRange } from './selection'
import { wireOf } from './wire-of'

/** Beyond this a clipboard is the wrong tool; an export is the right one. */
const MOST_CELLS = 2_000_000

export type CopyResult =
  | { readonly outcome: 'copied'; readonly rows: number; readonly columns: number }
  | { readonly outcome: 'too-many'; readonly cells: number }
  | { readonly outcome: 'stopped' }
  | { readonly outcome: 'failed'; readonly message: string }

/** What came of it, in a few words. */
export function copiedWords(result: CopyResult, moment?: string): string {
  switch (result.outcome) {
    case 'copied':
      return `Copied ${formatNumber(result.rows)} × ${formatNumber(result.columns)}${moment === undefined ? '' : ` of ${moment}`}`
    case 'too-many':
      return `${formatNumber(result.cells)} cells are too many for a clipboard: export the result instead`
    case 'stopped':
      return ''
    case 'failed':
      return `Nothing was copied: ${result.message}`
  }
}

export interface Copier {
  /** Null when some rows are not here yet. */
  textNow(range: CellRange, format: CopyFormat): string | null
  copy(range: CellRange, format: CopyFormat): Promise<CopyResult>
}

export function useCopy(pages: Pages, columns: readonly GridColumn[]): Copier {
  const running = useRef<AbortController | null>(null)

  const textNow = useCallback(
    (range: CellRange, format: CopyFormat): string | null => {
      const chosen = columns.slice(range.left, range.right + 1)
      const rows: CopiedRow[] = []
      if (cellsIn(range) > 100_000) return null
      for (let row = range.top; row <= range.bottom; row++) {
        const page = pages.stateOf(row)
        if (page === 'loading' || 'code' in page) return null
        rows.push(copiedRow(page, row, chosen, format))
      }
      return copyText(format, namesOf(chosen), rows)
    },
    [pages, columns],
  )

  const copy = useCallback(
    async (range: CellRange, format: CopyFormat): Promise<CopyResult> => {
      const cells = cellsIn(range)
      if (cells > MOST_CELLS) return { outcome: 'too-many', cells }
      running.current?.abort()
      const controller = new AbortController()
      running.current = controller
      try {
        const chosen = columns.slice(range.left, range.right + 1)
        const rows: CopiedRow[] = []
        let page: Page | null = null
        for (let row = range.top; row <= range.bottom; row++) {
          if (page === null || !page.has(row)) page = await pages.read(row, controller.signal)
          if (controller.signal.aborted) return { outcome: 'stopped' }
          rows.push(copiedRow(page, row, chosen, format))
        }
        await writeClipboard(copyText(format, namesOf(chosen), rows))
        return { outcome: 'copied', rows: rows.length, columns: chosen.length }
      } catch (error) {
        return controller.signal.aborted
          ? { outcome: 'stopped' }
          : { outcome: 'failed', message: wireOf(error).message }
      }
    },
    [pages, columns],
  )

  return { textNow, copy }
}

const namesOf = (columns: readonly GridColumn[]): string[] => columns.map((column) => column.name)

function copiedRow(page: Page, row: number, columns: readonly GridColumn[], format: CopyFormat): CopiedRow {
  if (format === 'json') return { texts: [], jsons: columns.map((column) => page.json(row, column.index)) }
  return { texts: columns.map((column) => page.text(row, column.index)), jsons: [] }
}

/** The clipboard proper, or the old way where the page may not use it. */
export async function writeClipboard(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const give = (event: ClipboardEvent) => {
      event.preventDefault()
      event.stopImmediatePropagation()
      event.clipboardData?.setData('text/plain', text)
    }
    document.addEventListener('copy', give, { capture: true, once: true })
    document.execCommand('copy')
    document.removeEventListener('copy', give, { capture: true })
  }
}
