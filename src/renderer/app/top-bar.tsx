/** The top of the window: which pond, what to look at, and the two things one always wants: find and commit. */
import { Button, Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import {
  IconCheck,
  IconChevronDown,
  IconDeviceDesktop,
  IconDoorExit,
  IconFolderOpen,
  IconHistory,
  IconKeyboard,
  IconLayoutSidebar,
  IconMoon,
  IconPlus,
  IconSearch,
  IconSettings,
  IconSun,
} from '@tabler/icons-react'
import { CommitButton } from '../features/commit'
import { runCommand, TABS, usePendingCount, usePond, useSession, type Tab } from '../session'
import { displayName, formatNumber, IconButton, KeyHint, Mark, Tabs } from '../ui'
import { openPalette } from './palette'
import classes from './top-bar.module.css'

const LABELS: Readonly<Record<Tab, string>> = {
  files: 'Files',
  changes: 'Changes',
  history: 'History',
  sql: 'SQL',
  pipelines: 'Pipelines',
}

export function TopBar({
  tabsId,
  navigatorHidden,
  onNavigator,
}: {
  readonly tabsId: string
  readonly navigatorHidden: boolean
  /** Hides the navigator, or shows it again. */
  onNavigator(): void
}) {
  const tab = useSession((s) => s.tab)
  const setTab = useSession((s) => s.setTab)
  const pending = usePendingCount()
  return (
    <header className={classes.bar}>
      <IconButton
        label={navigatorHidden ? 'Show the side bar' : 'Hide the side bar'}
        icon={<IconLayoutSidebar size={16} stroke={1.6} />}
        onClick={onNavigator}
      />
      <PondMenu />
      <Tabs
        id={tabsId}
        label="Views"
        className={classes.tabs}
        value={tab}
        onChange={setTab}
        items={TABS.map((key) => ({
          key,
          label: LABELS[key],
          extra:
            key === 'changes' && pending > 0 ? (
              <span className={classes.count}>{formatNumber(pending)}</span>
            ) : undefined,
        }))}
      />
      <span className={classes.spacer} />
      <Button
        variant="default"
        className={classes.find}
        leftSection={<IconSearch size={14} stroke={1.6} />}
        rightSection={
          <span className={classes.hint}>
            <KeyHint hotkey="mod+K" />
          </span>
        }
        title="Find and run a command"
        onClick={openPalette}
      >
        <span className={classes.words}>Commands</span>
      </Button>
      <SettingsMenu />
      <CommitButton />
    </header>
  )
}

function PondMenu() {
  const pond = usePond()
  const name = displayName(pond.name)
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <UnstyledButton className={classes.pond} aria-label={`Pond ${name}`} title={pond.path}>
          <Mark size={20} />
          <span className={classes.name}>{name}</span>
          <IconChevronDown size={14} stroke={1.6} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={classes.path}>{displayName(pond.path)}</Menu.Label>
        <Menu.Item leftSection={<IconFolderOpen size={16} stroke={1.6} />} onClick={() => runCommand('pond.open')}>
          Open another pond…
        </Menu.Item>
        <Menu.Item leftSection={<IconPlus size={16} stroke={1.6} />} onClick={() => runCommand('pond.create')}>
          Create a pond…
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconHistory size={16} stroke={1.6} />} onClick={() => runCommand('pond.verify')}>
          Verify every hash…
        </Menu.Item>
        <Menu.Item leftSection={<IconDoorExit size={16} stroke={1.6} />} onClick={() => runCommand('pond.close')}>
          Close this pond
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

const SCHEMES: readonly { readonly key: MantineColorScheme; readonly label: string; readonly icon: typeof IconSun }[] =
  [
    { key: 'light', label: 'Light', icon: IconSun },
    { key: 'dark', label: 'Dark', icon: IconMoon },
    { key: 'auto', label: 'As the system', icon: IconDeviceDesktop },
  ]

function SettingsMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <IconButton label="Appearance and help" icon={<IconSettings size={16} stroke={1.6} />} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Theme</Menu.Label>
        {SCHEMES.map(({ key, label, icon: Icon }) => (
          <Menu.Item
            key={key}
            role="menuitemradio"
            aria-checked={colorScheme === key}
            leftSection={<Icon size={16} stroke={1.6} />}
            rightSection={colorScheme === key ? <IconCheck size={14} /> : null}
            onClick={() => setColorScheme(key)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} stroke={1.6} />} onClick={() => runCommand('help.keys')}>
          Keyboard shortcuts
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
