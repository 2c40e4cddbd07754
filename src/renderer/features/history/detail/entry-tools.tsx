/** What can be done with one entry of a comparison: open or restore either side of it, by name. */
import { Button, Menu } from '@mantine/core'
import { IconArrowBackUp, IconChevronDown, IconEye } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Change, ResolvedAt } from '../../../../shared/model'
import { useSession, type Moment } from '../../../session'
import { notifyDone, Words } from '../../../ui'
import { useCannotRestore, useHistoryActions } from '../actions'
import { resolvedName } from '../choice'

export interface Sides {
  readonly from: ResolvedAt
  readonly to: ResolvedAt
}

interface Side {
  readonly name: string
  readonly moment: Moment
  /** Null where the entry does not exist at this side. */
  readonly path: string | null
}

function sidesOf(change: Change, { from, to }: Sides): readonly Side[] {
  const side = (at: ResolvedAt, path: string | null): Side => ({
    name: resolvedName(at).toLowerCase(),
    moment: at.kind === 'pending' ? 'pending' : at.version,
    path,
  })
  return [
    side(to, change.change === 'deleted' ? null : change.path),
    side(from, change.change === 'added' ? null : (change.oldPath ?? change.path)),
  ]
}

export function EntryTools({ change, sides }: { readonly change: Change; readonly sides: Sides }) {
  return (
    <>
      <Drop label="Open" icon={<IconEye size={15} stroke={1.6} />}>
        <OpenItems change={change} sides={sides} />
      </Drop>
      <Drop label="Restore" icon={<IconArrowBackUp size={15} stroke={1.6} />}>
        <RestoreItems change={change} sides={sides} />
      </Drop>
    </>
  )
}

/** Everything at once, for the context menu. */
export function EntryItems({ change, sides }: { readonly change: Change; readonly sides: Sides }) {
  const { showHistory } = useSession.getState()
  return (
    <>
      <OpenItems change={change} sides={sides} />
      <Menu.Divider />
      <RestoreItems change={change} sides={sides} />
      <Menu.Divider />
      <Menu.Item onClick={() => showHistory(change.path)}>Only versions of this entry</Menu.Item>
      <Menu.Item onClick={() => void navigator.clipboard.writeText(change.path).then(() => notifyDone('Path copied'))}>
        Copy the path
      </Menu.Item>
    </>
  )
}

function OpenItems({ change, sides }: { readonly change: Change; readonly sides: Sides }) {
  const actions = useHistoryActions()
  return sidesOf(change, sides).map(({ name, moment, path }) => (
    <Menu.Item key={name} disabled={path === null} onClick={() => path !== null && actions.open(path, moment)}>
      {moment === 'pending' ? 'Open as it is now' : `Open as of ${name}`}
    </Menu.Item>
  ))
}

function RestoreItems({ change, sides }: { readonly change: Change; readonly sides: Sides }) {
  const actions = useHistoryActions()
  const cannot = useCannotRestore()
  return sidesOf(change, sides)
    .flatMap(({ moment, ...side }) => (moment === 'pending' ? [] : [{ moment, ...side }]))
    .map(({ name, moment, path }) => (
      <Menu.Item
        key={name}
        disabled={cannot !== null}
        title={cannot ?? undefined}
        onClick={() => void actions.restoreEntry(path ?? change.path, moment)}
      >
        {path === null ? `Restore ${name}, without it` : `Restore as of ${name}`}
      </Menu.Item>
    ))
}

function Drop({
  label,
  icon,
  children,
}: {
  readonly label: string
  readonly icon: ReactNode
  readonly children: ReactNode
}) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          title={label}
          leftSection={icon}
          rightSection={<IconChevronDown size={12} />}
        >
          <Words>{label}</Words>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  )
}
