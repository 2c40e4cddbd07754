/**
 * Every action of the window as a named command: what the palette lists, keys run and menus show.
 * Features register theirs while they are on screen; the newest registration of an id wins.
 */
import { useEffect, useRef } from 'react'
import { create } from 'zustand'

export interface Command {
  /** `group.verb`, e.g. `files.new-folder`. */
  readonly id: string
  readonly title: string
  readonly group: 'Pond' | 'Files' | 'Changes' | 'History' | 'SQL' | 'View' | 'Help'
  /** As Mantine's hotkeys spell it, e.g. `mod+K`; null when it has none. */
  readonly key: string | null
  /** The same from a shell, e.g. `pond commit -m MESSAGE`; null when there is none. */
  readonly cli: string | null
  /** Why it cannot run now; null when it can. */
  readonly disabled: string | null
  /** The key works while the focus is in a text field too. */
  readonly inFields?: boolean
  run(): void
}

interface Commands {
  readonly commands: ReadonlyMap<string, Command>
}

export const useCommands = create<Commands>()(() => ({ commands: new Map() }))

/** Registers commands while the component is on screen. Pass fresh objects freely: only words and states are compared. */
export function useCommand(...commands: readonly Command[]): void {
  const latest = useRef(commands)
  latest.current = commands
  const face = JSON.stringify(commands.map(({ run: _, ...rest }) => rest))
  useEffect(() => {
    const mine = latest.current.map((command, i): Command => ({ ...command, run: () => latest.current[i]?.run() }))
    useCommands.setState((s) => {
      const next = new Map(s.commands)
      for (const command of mine) next.set(command.id, command)
      return { commands: next }
    })
    return () => {
      useCommands.setState((s) => {
        const next = new Map(s.commands)
        for (const command of mine) if (next.get(command.id) === command) next.delete(command.id)
        return { commands: next }
      })
    }
  }, [face])
}

/** Runs a command by id, if it is there and can run. */
export function runCommand(id: string): void {
  const command = useCommands.getState().commands.get(id)
  if (command !== undefined && command.disabled === null) command.run()
}
