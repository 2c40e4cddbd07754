/** Which changed entry is in front. Pure. */
import type { Change } from '../../../../shared/model'

/**
 * The path to show, or null for none: what the user picked here, else the entry whose history is
 * looked at, else the one that was in front before, as the next version often changed it too, else
 * the first that has content.
 */
export function activePath(
  changes: readonly Change[],
  wish: { readonly picked: string | null; readonly preferred: string | null; readonly before: string | null },
): string | null {
  for (const path of [wish.picked, wish.preferred, wish.before]) {
    if (path !== null && changes.some((change) => change.path === path)) return path
  }
  return (changes.find(({ fileType }) => fileType !== 'directory') ?? changes[0])?.path ?? null
}
