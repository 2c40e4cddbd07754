/** The menu of text: cut, copy and paste by the mouse, where the page has no menu of its own. */
import { Menu, type BrowserWindow, type MenuItemConstructorOptions } from 'electron'

export function serveContextMenu(window: BrowserWindow): void {
  window.webContents.on('context-menu', (_, { isEditable, selectionText, editFlags }) => {
    const items = contextMenu({ isEditable, hasSelection: selectionText !== '', editFlags })
    if (items.length > 0) Menu.buildFromTemplate(items).popup({ window })
  })
}

export interface TextUnderMouse {
  readonly isEditable: boolean
  readonly hasSelection: boolean
  readonly editFlags: { readonly canCut: boolean; readonly canCopy: boolean; readonly canPaste: boolean }
}

export function contextMenu({ isEditable, hasSelection, editFlags }: TextUnderMouse): MenuItemConstructorOptions[] {
  if (!isEditable) return hasSelection ? [{ role: 'copy' }] : []
  return [
    { role: 'cut', enabled: editFlags.canCut },
    { role: 'copy', enabled: editFlags.canCopy },
    { role: 'paste', enabled: editFlags.canPaste },
    { type: 'separator' },
    { role: 'selectAll' },
  ]
}
