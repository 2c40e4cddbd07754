/**
 * The named commands of the app: one row per action, with the title that people read and the key
 * that runs it. The page's palette and keys, and Electron's menu, are made from this one table.
 *
 * A key is `Mod+Shift+K` style: `Mod` is Cmd on macOS and Ctrl elsewhere.
 */
export const COMMANDS = {
  'pond.create': { title: 'New pond…', key: 'Mod+Shift+N', menu: 'File' },
  'pond.open': { title: 'Open pond…', key: 'Mod+O', menu: 'File' },
  'pond.close': { title: 'Close pond', key: 'Mod+Shift+W', menu: 'File' },
  'files.import': { title: 'Import files…', key: 'Mod+I', menu: 'File' },
  'files.export': { title: 'Export…', key: 'Mod+E', menu: 'File' },
  'files.new-folder': { title: 'New folder', key: 'Mod+Alt+N', menu: 'File' },
  'files.new-link': { title: 'New link', key: null, menu: 'File' },
  'files.rename': { title: 'Rename', key: 'F2', menu: 'File' },
  'files.delete': { title: 'Delete', key: 'Delete', menu: 'File' },

  'changes.commit': { title: 'Commit…', key: 'Mod+Shift+Enter', menu: 'Pond' },
  'changes.discard': { title: 'Discard changes', key: null, menu: 'Pond' },
  'changes.undo': { title: 'Undo discard', key: 'Mod+Alt+Z', menu: 'Pond' },
  'history.restore': { title: 'Restore this version', key: null, menu: 'Pond' },
  'pond.verify': { title: 'Verify pond', key: null, menu: 'Pond' },

  'sql.run': { title: 'Run query', key: 'Mod+Enter', menu: 'Query' },
  'sql.cancel': { title: 'Cancel query', key: 'Mod+.', menu: 'Query' },
  'sql.include-pending': { title: 'Include pending', key: 'Mod+Shift+P', menu: 'Query' },
  'sql.export': { title: 'Export result…', key: 'Mod+Shift+E', menu: 'Query' },

  'view.palette': { title: 'Command palette', key: 'Mod+K', menu: 'View' },
  'view.files': { title: 'Files', key: 'Mod+1', menu: 'View' },
  'view.changes': { title: 'Changes', key: 'Mod+2', menu: 'View' },
  'view.history': { title: 'History', key: 'Mod+3', menu: 'View' },
  'view.sql': { title: 'SQL', key: 'Mod+4', menu: 'View' },
  'view.refresh': { title: 'Refresh', key: 'F5', menu: 'View' },
  'view.theme': { title: 'Switch light and dark', key: null, menu: 'View' },
  'version.previous': { title: 'Previous version', key: 'Mod+[', menu: 'View' },
  'version.next': { title: 'Next version', key: 'Mod+]', menu: 'View' },
  'version.now': { title: 'Back to now', key: 'Mod+Shift+]', menu: 'View' },
} as const satisfies Record<string, Command>

export interface Command {
  readonly title: string
  /** Null: reached by menu and palette only. */
  readonly key: string | null
  readonly menu: 'File' | 'Pond' | 'Query' | 'View'
}

export type CommandId = keyof typeof COMMANDS
