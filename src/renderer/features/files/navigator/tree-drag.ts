/** Dragging entries: inside the tree to move them, out of the window to save a file. */
import { contentUrl } from '../../../../shared/bytes'
import type { TreeEntry, TreeModel } from './tree-model'

const MOVED = 'application/x-duckpond-paths'

export function startDrag(
  transfer: DataTransfer,
  entries: readonly TreeEntry[],
  where: { readonly pondId: string; readonly at: string; readonly bytesBase: string },
): void {
  transfer.setData(MOVED, JSON.stringify(entries.map((e) => e.path)))
  transfer.setData('text/plain', entries.map((e) => e.path).join('\n'))
  transfer.effectAllowed = 'copyMove'
  const [only] = entries
  if (entries.length === 1 && only !== undefined && only.fileType.startsWith('file:')) {
    const address = new URL(
      where.bytesBase + contentUrl(where.pondId, only.path, where.at, { download: true }),
      location.href,
    )
    transfer.setData('DownloadURL', `application/octet-stream:${only.name.replace(/[:\n\r]/g, '_')}:${address.href}`)
  }
}

/** The dragged paths, readable in the drop only; before it `read: false` tells whether there are any. */
export function takeMoved(transfer: DataTransfer, read = true): readonly string[] | null {
  if (!transfer.types.includes(MOVED)) return null
  return read ? (JSON.parse(transfer.getData(MOVED)) as string[]) : []
}

/** The directory under the pointer: a directory's own row, the directory of a file's row, or the root. */
export function dropDirectory(event: React.DragEvent, model: TreeModel): string {
  const index = Number((event.target as Element).closest('[data-row]')?.getAttribute('data-row') ?? -1)
  if (index < 0 || index >= model.rowCount) return '/'
  const row = model.rowAt(index)
  const isDirectory = row.kind === 'entry' && row.entry.fileType === 'directory' && row.entry.change !== 'deleted'
  return isDirectory ? row.entry.path : row.directory
}
