/** The command palette: every action of the moment by name, with its key and its shell twin. */
import { Spotlight, spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useCommand, useCommands, type Command } from '../session'
import { KeyHint, notifyDone } from '../ui'
import classes from './palette.module.css'

const GROUPS: readonly Command['group'][] = ['Files', 'Changes', 'History', 'SQL', 'View', 'Pond', 'Help']

export const openPalette = (): void => spotlight.open()

export function Palette() {
  useCommand({
    id: 'view.palette',
    title: 'Show all commands',
    group: 'View',
    key: 'mod+K',
    cli: null,
    disabled: null,
    inFields: true,
    run: () => spotlight.toggle(),
  })
  const commands = [...useCommands((s) => s.commands).values()].filter((c) => c.id !== 'view.palette')
  const groups = GROUPS.map((group) => ({ group, commands: commands.filter((c) => c.group === group) }))
  return (
    <Spotlight
      shortcut={null}
      size={640}
      yOffset="12vh"
      scrollable
      maxHeight={480}
      transitionProps={{ duration: 80, transition: 'fade' }}
      overlayProps={{ backgroundOpacity: 0.25, blur: 0 }}
      nothingFound="No command with these words"
      searchProps={{
        leftSection: <IconSearch size={16} stroke={1.6} />,
        placeholder: 'Type what you want to do',
        'aria-label': 'Find a command',
      }}
      attributes={{ content: { 'aria-label': 'Commands' } }}
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      classNames={{ action: classes.action, actionsGroup: classes.group }}
      actions={groups
        .filter((g) => g.commands.length > 0)
        .map((g) => ({
          group: g.group,
          actions: g.commands.map((command) => ({
            id: command.id,
            keywords: [command.group, command.cli ?? ''],
            label: command.title,
            disabled: command.disabled !== null,
            onClick: () => command.run(),
            children: <Line command={command} />,
          })),
        }))}
    />
  )
}

function Line({ command }: { readonly command: Command }) {
  return (
    <span className={classes.line}>
      <span className={classes.title}>{command.title}</span>
      {command.disabled !== null && <span className={classes.reason}>{command.disabled}</span>}
      {command.cli !== null && <CliTwin text={command.cli} />}
      {command.key !== null && <KeyHint hotkey={command.key} />}
    </span>
  )
}

/** The same action from a shell; a click copies it. */
function CliTwin({ text }: { readonly text: string }) {
  return (
    <span
      className={classes.cli}
      title={`Copy "${text}"`}
      onClick={(event) => {
        event.stopPropagation()
        void navigator.clipboard.writeText(text).then(() => notifyDone('Copied as a command'))
      }}
    >
      {text}
    </span>
  )
}
