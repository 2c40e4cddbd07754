/** The dialogs that open a pond or create one, where the host has no folder dialog of its own. */
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { HostFolder } from '../../../shared/contract'
import { FolderBrowser } from '../../features/files'
import { useApi, useSession } from '../../session'
import { displayName } from '../../ui'
import classes from './pond-dialogs.module.css'
import { hostJoin, showDialog, useOpening, usePondActions } from './opening'
import { RefusalNotice } from './refusal'

export function PondDialogs() {
  const dialog = useOpening((s) => s.dialog)
  const close = (): void => showDialog(null)
  return (
    <>
      <Modal opened={dialog === 'open'} onClose={close} title="Open a pond" size={620}>
        <OpenDialog />
      </Modal>
      <Modal opened={dialog === 'create'} onClose={close} title="Create a pond" size={620}>
        <CreateDialog />
      </Modal>
    </>
  )
}

function OpenDialog() {
  const actions = usePondActions()
  const { busy } = useOpening()
  const [path, setPath] = useState<string | null>(null)
  const [folder, setFolder] = useState<HostFolder | null>(null)
  return (
    <Stack gap={12}>
      <p className={classes.lead}>Choose the folder of a pond. Ponds are marked.</p>
      <FolderBrowser
        path={path}
        onPath={setPath}
        onListed={setFolder}
        onChoose={(chosen) => void actions.open(chosen)}
        canMakeFolder={false}
      />
      <RefusalNotice />
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={() => showDialog(null)}>
          Cancel
        </Button>
        <Button
          loading={busy !== null}
          disabled={folder === null}
          onClick={() => folder !== null && void actions.open(folder.path)}
        >
          Open this folder
        </Button>
      </Group>
    </Stack>
  )
}

function CreateDialog() {
  const api = useApi()
  const actions = usePondActions()
  const host = useSession((s) => s.host)
  const { busy } = useOpening()
  const [name, setName] = useState('My pond')
  const [parent, setParent] = useState<string | null>(host?.home ?? null)
  const [folder, setFolder] = useState<HostFolder | null>(null)
  const [browsing, setBrowsing] = useState(false)
  const where = folder?.path ?? parent ?? ''
  const target = hostJoin(where, name.trim())

  const change = async (): Promise<void> => {
    if (host?.kind !== 'electron') return setBrowsing(true)
    const chosen = await api.host.chooseFolder({ title: 'Where to create the pond' })
    if (chosen.path !== null) setParent(chosen.path)
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '') void actions.create(target)
      }}
    >
      <Stack gap={12}>
        <p className={classes.lead}>A pond is a folder. Everything in it stays on this machine.</p>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
          required
        />
        {browsing ? (
          <FolderBrowser path={parent} onPath={setParent} onListed={setFolder} />
        ) : (
          <Group gap={8} align="flex-end" wrap="nowrap">
            <TextInput
              className={classes.where}
              label="In the folder"
              spellCheck={false}
              value={parent ?? ''}
              onChange={(event) => setParent(event.currentTarget.value)}
            />
            <Button variant="default" size="xs" onClick={() => void change()}>
              Browse…
            </Button>
          </Group>
        )}
        <p className={classes.target}>
          Creates <b>{displayName(target)}</b>
        </p>
        <RefusalNotice />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={() => showDialog(null)}>
            Cancel
          </Button>
          <Button type="submit" loading={busy !== null} disabled={name.trim() === '' || where === ''}>
            Create pond
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
