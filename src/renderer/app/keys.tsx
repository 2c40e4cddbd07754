/** Runs commands by their keys, wherever the focus is. */
import { useHotkeys, type HotkeyItem } from '@mantine/hooks'
import { useCommands, type Command } from '../session'

export function Keys() {
  const commands = [...useCommands((s) => s.commands).values()]
  useHotkeys(itemsOf(commands.filter((c) => c.inFields !== true)))
  useHotkeys(itemsOf(commands.filter((c) => c.inFields === true)), [], true)
  return null
}

function itemsOf(commands: readonly Command[]): HotkeyItem[] {
  return commands.flatMap((command): HotkeyItem[] => {
    if (command.key === null) return []
    const run = (): void => {
      if (command.disabled === null) command.run()
    }
    // With Alt, some keyboards report the sign it makes instead of the key that was pressed.
    return [[command.key, run, { preventDefault: true, usePhysicalKeys: command.key.toLowerCase().includes('alt+') }]]
  })
}
