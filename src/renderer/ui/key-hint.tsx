/** A key as this machine writes it: `⌘K` or `Ctrl+K`. */
import classes from './key-hint.module.css'

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

const MAC: Readonly<Record<string, string>> = { mod: '⌘', shift: '⇧', alt: '⌥', ctrl: '⌃' }
const OTHER: Readonly<Record<string, string>> = { mod: 'Ctrl', shift: 'Shift', alt: 'Alt', ctrl: 'Ctrl' }
const NAMED: Readonly<Record<string, string>> = {
  enter: '↵',
  arrowleft: '←',
  arrowright: '→',
  arrowup: '↑',
  arrowdown: '↓',
  backspace: '⌫',
  delete: 'Del',
  escape: 'Esc',
}

/** `aria`: as `aria-keyshortcuts` wants it. */
export function spellKey(hotkey: string, how: 'shown' | 'aria' = 'shown'): string {
  const parts = hotkey.split('+')
  if (how === 'aria') {
    return parts.map((part) => (part.toLowerCase() === 'mod' ? (isMac ? 'Meta' : 'Control') : part)).join('+')
  }
  const shown = parts.map((part) => {
    const key = part.toLowerCase()
    return (isMac ? MAC : OTHER)[key] ?? NAMED[key] ?? (part.length === 1 ? part.toUpperCase() : part)
  })
  return shown.join(isMac ? '' : '+')
}

export function KeyHint({ hotkey }: { readonly hotkey: string }) {
  return <kbd className={classes.key}>{spellKey(hotkey)}</kbd>
}
