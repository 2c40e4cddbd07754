/**
 * The application's menu as data: the page's own commands by group, the system's standard items, and
 * the recent ponds. The page keeps handling its keys; the menu shows them and serves the mouse.
 */
import type { MenuItemConstructorOptions } from 'electron'
import type { HostCommand, RecentPond } from '../../shared/contract'

export interface MenuModel {
  readonly platform: string
  readonly productName: string
  readonly commands: readonly HostCommand[]
  readonly recent: readonly RecentPond[]
  readonly devTools: boolean
  readonly run: (commandId: string) => void
  readonly openPond: (path: string) => void
  /** Shows where reports of errors are kept. */
  readonly showReports: () => void
}

/** Menus in the order people look for things; a group the page invents comes after them. */
const ORDER = ['Pond', 'Files', 'Edit', 'Changes', 'History', 'SQL', 'View', 'Window', 'Help']

export function menuTemplate(model: MenuModel): MenuItemConstructorOptions[] {
  const isMac = model.platform === 'darwin'
  const groups = new Map<string, MenuItemConstructorOptions[]>(ORDER.map((name) => [name, []]))
  for (const command of model.commands) {
    const items = groups.get(command.group) ?? []
    groups.set(command.group, items)
    items.push(commandItem(command, model))
  }
  const extend = (group: string, ...items: MenuItemConstructorOptions[]) => {
    const before = groups.get(group) ?? []
    if (before.length > 0 && items.length > 0) before.push({ type: 'separator' })
    before.push(...items)
  }
  extend('Pond', recentMenu(model), { type: 'separator' }, isMac ? { role: 'close' } : { role: 'quit' })
  extend('Edit', ...EDIT)
  extend('View', ...VIEW, ...(model.devTools ? DEVELOP : []))
  extend('Window', { role: 'minimize' }, { role: 'zoom' }, ...(isMac ? MAC_WINDOW : []))
  extend('Help', { label: 'Show error reports', click: model.showReports })
  if (!isMac) extend('Help', { role: 'about' })
  const menus = [...groups].flatMap(([label, submenu]) => (submenu.length === 0 ? [] : [{ label, submenu }]))
  return isMac ? [{ label: model.productName, submenu: MAC_APP }, ...menus] : menus
}

/** `mod+shift+K` as Electron spells it; undefined for a key it has no name for. */
export function accelerator(key: string): string | undefined {
  const parts = key.split('+').map((part) => part.trim())
  const names = parts.map(
    (part) => NAMES[part.toLowerCase()] ?? (/^([a-z0-9]|f\d{1,2})$/i.test(part) ? part.toUpperCase() : part),
  )
  const isWhole = names.every((name) => /^([A-Z][A-Za-z]*\d{0,2}|[0-9]|[[\],./\\;'`=-])$/.test(name))
  return isWhole ? names.join('+') : undefined
}

const NAMES: Readonly<Record<string, string>> = {
  mod: 'CmdOrCtrl',
  ctrl: 'Ctrl',
  meta: 'Super',
  alt: 'Alt',
  shift: 'Shift',
  enter: 'Enter',
  escape: 'Esc',
  space: 'Space',
  delete: 'Delete',
  backspace: 'Backspace',
  tab: 'Tab',
  arrowup: 'Up',
  arrowdown: 'Down',
  arrowleft: 'Left',
  arrowright: 'Right',
  home: 'Home',
  end: 'End',
  pageup: 'PageUp',
  pagedown: 'PageDown',
}

function commandItem({ id, title, key, enabled }: HostCommand, { run }: MenuModel): MenuItemConstructorOptions {
  const keys = key === null ? undefined : accelerator(key)
  return {
    id,
    label: title.replaceAll('&', '&&'),
    enabled,
    click: () => run(id),
    ...(keys === undefined ? {} : { accelerator: keys, registerAccelerator: false }),
  }
}

function recentMenu({ recent, openPond }: MenuModel): MenuItemConstructorOptions {
  const ponds = recent.filter((pond) => pond.available)
  const items = ponds.map(({ name, path }) => ({
    label: `${name} (${path})`.replaceAll('&', '&&'),
    click: () => openPond(path),
  }))
  return { label: 'Open recent', submenu: items, enabled: items.length > 0 }
}

const EDIT: MenuItemConstructorOptions[] = [
  { role: 'undo' },
  { role: 'redo' },
  { type: 'separator' },
  { role: 'cut' },
  { role: 'copy' },
  { role: 'paste' },
  { role: 'selectAll' },
]
const VIEW: MenuItemConstructorOptions[] = [
  { role: 'resetZoom' },
  { role: 'zoomIn' },
  { role: 'zoomOut' },
  { type: 'separator' },
  { role: 'togglefullscreen' },
]
const DEVELOP: MenuItemConstructorOptions[] = [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }]
const MAC_WINDOW: MenuItemConstructorOptions[] = [{ type: 'separator' }, { role: 'front' }]
const MAC_APP: MenuItemConstructorOptions[] = [
  { role: 'about' },
  { type: 'separator' },
  { role: 'services' },
  { type: 'separator' },
  { role: 'hide' },
  { role: 'hideOthers' },
  { role: 'unhide' },
  { type: 'separator' },
  { role: 'quit' },
]
