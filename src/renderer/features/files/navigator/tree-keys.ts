/** What a key does in the tree, as WAI-ARIA's tree pattern has it. Pure: from a model and a row to an intention. */
import type { TreeEntry, TreeModel } from './tree-model'

export type Intention =
  | { readonly kind: 'go'; readonly row: number }
  | { readonly kind: 'expand'; readonly path: string }
  | { readonly kind: 'collapse'; readonly path: string }
  | { readonly kind: 'expand-siblings'; readonly row: number }
  | { readonly kind: 'open' | 'rename' | 'delete' | 'menu'; readonly row: number }

export function intentionOf(key: string, model: TreeModel, row: number, pageRows: number): Intention | null {
  const last = model.rowCount - 1
  if (last < 0) return null
  const here = row < 0 ? null : model.rowAt(Math.min(row, last))
  const entry = here?.kind === 'entry' ? here.entry : null
  const go = (to: number): Intention => ({ kind: 'go', row: Math.max(0, Math.min(last, to)) })
  switch (key) {
    case 'ArrowDown':
      return go(row + 1)
    case 'ArrowUp':
      return go(row - 1)
    case 'PageDown':
      return go(row + pageRows)
    case 'PageUp':
      return go(row - pageRows)
    case 'Home':
      return go(0)
    case 'End':
      return go(last)
    case 'ArrowRight':
      if (entry === null || !canExpand(entry)) return null
      if (here?.kind === 'entry' && !here.expanded) return { kind: 'expand', path: entry.path }
      return row < last && model.rowAt(row + 1).depth > (here?.depth ?? 0) ? go(row + 1) : null
    case 'ArrowLeft':
      if (here?.kind === 'entry' && here.expanded) return { kind: 'collapse', path: here.entry.path }
      return here === null || here.directory === '/' ? null : go(model.indexOf(here.directory))
    case '*':
      return { kind: 'expand-siblings', row }
    case 'Enter':
    case ' ':
      return entry === null ? null : { kind: 'open', row }
    case 'F2':
      return entry === null ? null : { kind: 'rename', row }
    case 'Delete':
      return entry === null ? null : { kind: 'delete', row }
    case 'ContextMenu':
      return { kind: 'menu', row }
    default:
      return null
  }
}

export function canExpand(entry: TreeEntry): boolean {
  return entry.fileType === 'directory' && entry.change !== 'deleted'
}

/**
 * The row that typing leads to: the next below whose name starts with the text, around the end; rows
 * that are not loaded are asked of the model. One letter moves on from where one is, more letters stay.
 */
export async function typeAhead(model: TreeModel, row: number, text: string): Promise<number> {
  const wanted = text.toLowerCase()
  const count = model.rowCount
  const start = text.length === 1 ? row + 1 : Math.max(0, row)
  let gap = false
  for (let i = 0; i < count; i++) {
    const index = (start + i) % count
    const at = model.rowAt(index)
    if (at.kind === 'unloaded') {
      // A gap is asked by bisection, not walked.
      gap = true
      const skip = nextLoaded(model, index, count) - index
      i += Math.max(0, skip - 1)
    } else if (at.kind === 'entry' && at.entry.name.toLowerCase().startsWith(wanted)) return index
  }
  if (!gap) return -1
  const directory = model.rowAt(Math.max(0, row)).directory
  for (const prefix of new Set([text, wanted, wanted.charAt(0).toUpperCase() + wanted.slice(1), text.toUpperCase()])) {
    const entry = await model.lowerBound(directory, prefix)
    if (entry?.name.toLowerCase().startsWith(wanted)) return model.indexOf(entry.path)
  }
  return -1
}

const STRIDE = 100

function nextLoaded(model: TreeModel, from: number, count: number): number {
  let index = from
  while (index < count && model.rowAt(index).kind === 'unloaded') index += STRIDE
  return Math.max(from + 1, Math.min(index, count) - STRIDE + 1)
}
