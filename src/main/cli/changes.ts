/** How net changes look: a line each, or counted. */
import type { Change, ChangeCounts, ComputedChange } from '../../shared/model'
import { CHANGE_KINDS } from '../../shared/model'
import { isWithin } from '../../shared/path'
import { GLYPHS, grouped, size, visible } from './display'
import type { Cell, Output } from './output'

export async function showChanges(out: Output, changes: readonly Change[]): Promise<void> {
  await out.table(
    [{ title: '' }, { title: '' }, { title: '', align: 'right' }],
    changes.map((change): Cell[] => [
      { text: GLYPHS[change.change], plain: change.change, change: change.change },
      { text: pathOf(change), plain: [change.path, change.oldPath ?? ''], change: change.change },
      { text: sizes(change), plain: [String(change.sizeBefore ?? ''), String(change.sizeAfter ?? '')] },
    ]),
  )
}

/** What is computed, and because of what it became another. */
export async function showComputed(out: Output, changes: readonly ComputedChange[]): Promise<void> {
  await out.table(
    [{ title: '' }, { title: '' }, { title: '' }],
    changes.map(({ path, recipe, change, isRecipeChanged, inputs }): Cell[] => [
      { text: GLYPHS[change], plain: change, change },
      { text: visible(path), plain: path, change },
      [...(isRecipeChanged ? [recipe] : []), ...inputs].map(visible).join(' '),
    ]),
  )
}

/** Whether a change happened at or below one of these paths, before it or after it, or moved a directory above one. */
export function concerns({ path: now, oldPath, change, fileType }: Change, paths: readonly string[]): boolean {
  const isMove = change === 'renamed' && fileType === 'directory'
  const touches = (at: string, path: string): boolean => isWithin(at, path) || (isMove && isWithin(path, at))
  return paths.some((path) => touches(now, path) || (oldPath !== null && touches(oldPath, path)))
}

/** `2 added, 1 deleted`; `no changes`. */
export function countsText(counts: ChangeCounts): string {
  const some = CHANGE_KINDS.filter((kind) => counts[kind] > 0).map((kind) => `${grouped(counts[kind])} ${kind}`)
  return some.length === 0 ? 'no changes' : some.join(', ')
}

function pathOf({ path, oldPath, fileType }: Change): string {
  const slash = fileType === 'directory' && path !== '/' ? '/' : ''
  return oldPath !== null && oldPath !== path ? `${visible(oldPath)} > ${visible(path)}${slash}` : visible(path) + slash
}

function sizes({ sizeBefore, sizeAfter }: Change): string {
  if (sizeBefore === null && sizeAfter === null) return ''
  if (sizeBefore === null) return size(sizeAfter!)
  if (sizeAfter === null || sizeAfter === sizeBefore) return size(sizeBefore)
  return `${size(sizeBefore)} > ${size(sizeAfter)}`
}
