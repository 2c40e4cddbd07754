/** One entry, opened: its path and what can be done with it on top, then the way of looking at it. */
import { Button, Loader } from '@mantine/core'
import { IconArrowBackUp, IconDeviceFloppy, IconFileCode, IconGitCompare } from '@tabler/icons-react'
import { useEffect, useState, type ReactNode } from 'react'
import type { Description } from '../../../../shared/model'
import {
  failureOf,
  keepDraft,
  useAt,
  useDraft,
  usePond,
  useRead,
  useReadOnlyReason,
  useSession,
  type Draft,
  type Failure,
} from '../../../session'
import { displayName, EmptyState, ErrorState, Pane, PaneBody, Spacer, Tabs, Toolbar, useTabs } from '../../../ui'
import { useFileActions } from '../actions'
import { openAt } from '../state'
import { BytesView } from './bytes-view'
import { DetailsView } from './details-view'
import { DirectoryView } from './directory-view'
import { tellDiscardedEdits } from './discarded-edits'
import { ImageView } from './image-view'
import { LinkView } from './link-view'
import { lookedAt, modesOf, type Mode } from './modes'
import { TableView } from './table-view'
import { TextView } from './text-view'
import { useSaveText } from './use-save-text'
import { VersionsView } from './versions-view'
import { ViewerActions } from './viewer-actions'
import { ViewerPath } from './viewer-path'
import classes from './viewer.module.css'

const LABELS: Readonly<Record<Mode, string>> = {
  listing: 'Contents',
  link: 'Link',
  table: 'Table',
  text: 'Text',
  image: 'Image',
  bytes: 'Bytes',
  details: 'Details',
  versions: 'Versions',
}

export function Viewer({ path }: { readonly path: string }) {
  const { data, error, isPlaceholderData } = useRead(['describe', path], (api, at, signal) =>
    api.files.describe({ path, at }, { signal }),
  )
  if (error !== null) return <Missing path={path} error={error} />
  if (data === undefined) {
    return (
      <div className={classes.waiting}>
        <Loader size="xs" aria-label={`Opening ${displayName(path)}`} />
      </div>
    )
  }
  return <Opened description={data} stale={isPlaceholderData} />
}

function Opened({ description, stale }: { readonly description: Description; readonly stale: boolean }) {
  const tabs = useTabs()
  const modes = modesOf(description)
  const [wanted, setWanted] = useState<Mode | null>(() => lookedAt.get(description.kind) ?? null)
  const sought = useSession((s) => s.place?.path === description.entry.path)
  useEffect(() => {
    if (sought) setWanted('text')
  }, [sought])
  const mode = wanted !== null && modes.includes(wanted) ? wanted : (modes[0] ?? 'details')
  const choose = (next: Mode): void => {
    lookedAt.set(description.kind, next)
    setWanted(next)
  }
  return (
    <Pane aria-busy={stale}>
      <Toolbar className={classes.head}>
        <ViewerPath entry={description.entry} />
        <Spacer />
        <ViewerActions description={description} />
      </Toolbar>
      <Toolbar className={classes.modes}>
        <Tabs
          id={tabs.id}
          label="Ways to look at it"
          items={modes.map((key) => ({ key, label: LABELS[key] }))}
          value={mode}
          onChange={choose}
        />
      </Toolbar>
      <PaneBody fill {...tabs.panelProps(mode)}>
        <ModeView mode={mode} description={description} />
      </PaneBody>
    </Pane>
  )
}

function ModeView({ mode, description }: { readonly mode: Mode; readonly description: Description }): ReactNode {
  const { entry } = description
  switch (mode) {
    case 'listing':
      return <DirectoryView path={entry.path} />
    case 'link':
      return <LinkView entry={entry} />
    case 'table':
      return <TableView description={description} />
    case 'text':
      return <TextView entry={entry} />
    case 'image':
      return <ImageView entry={entry} />
    case 'bytes':
      return <BytesView entry={entry} />
    case 'details':
      return <DetailsView description={description} />
    case 'versions':
      return <VersionsView entry={entry} />
  }
}

/** The entry is not there at this moment, or cannot be read. */
function Missing({ path, error }: { readonly path: string; readonly error: unknown }) {
  const at = useAt()
  const actions = useFileActions()
  const readOnly = useReadOnlyReason()
  const draft = useDraft(path)
  const { setAt, compare } = useSession.getState()
  const failure = failureOf(error)
  const notFound = failure.code === 'tinyfs.not-found'
  const deleted = useRead(['deleted', path], (api) => api.changes.list({ limit: 100_000 }), {
    at: 'pending',
    enabled: notFound && at === 'pending',
  }).data?.changes.some((c) => c.path === path && c.change === 'deleted')
  if (!notFound) return <Broken path={path} failure={failure} />
  if (typeof at === 'number') {
    return (
      <EmptyState action={<Button onClick={() => setAt('pending')}>Back to now</Button>}>
        {displayName(path)} does not exist at version {at}.
      </EmptyState>
    )
  }
  if (draft !== undefined) return <MissingDraft path={path} draft={draft} />
  if (deleted === true) {
    return (
      <EmptyState
        action={
          <div className={classes.choices}>
            <Button
              variant="default"
              leftSection={<IconGitCompare size={16} stroke={1.6} />}
              onClick={() => compare({ path, from: 'head', to: 'pending' })}
            >
              Show what was deleted
            </Button>
            <Button
              leftSection={<IconArrowBackUp size={16} stroke={1.6} />}
              disabled={readOnly !== null}
              onClick={() => void actions.discard([path])}
            >
              Bring it back
            </Button>
          </div>
        }
      >
        {displayName(path)} is deleted; the deletion is pending until you commit.
      </EmptyState>
    )
  }
  return <EmptyState>{displayName(path)} is not in the pond.</EmptyState>
}

/** Of what a recipe makes the recipe is to blame, and can be opened where it is wrong. */
function Broken({ path, failure }: { readonly path: string; readonly failure: Failure }) {
  const { data } = useRead(['stat', path], (api, at, signal) => api.files.stat({ path, at }, { signal }))
  const recipe = data?.recipe
  if (recipe === undefined) return <ErrorState title={`${displayName(path)} cannot be opened`} failure={failure} />
  const { line, column } = recipe.problem ?? { line: null, column: null }
  return (
    <ErrorState
      title={`${displayName(path)} cannot be computed`}
      failure={failure}
      action={
        <Button
          leftSection={<IconFileCode size={16} stroke={1.6} />}
          onClick={() => openAt({ path: recipe.path, line: line ?? 1, column: column ?? 1 })}
        >
          {line === null ? 'Open the recipe' : `Open the recipe at line ${line}`}
        </Button>
      }
    />
  )
}

/** What was edited has gone: the edits have not. */
function MissingDraft({ path, draft }: { readonly path: string; readonly draft: Draft }) {
  const { pondId } = usePond()
  const readOnly = useReadOnlyReason()
  const save = useSaveText()
  const [saving, setSaving] = useState(false)
  const onSave = async (): Promise<void> => {
    setSaving(true)
    const outcome = await save(path, draft.text, null)
    setSaving(false)
    if (outcome === 'saved') keepDraft(pondId, path, null)
  }
  const discardEdits = (): void => {
    keepDraft(pondId, path, null)
    tellDiscardedEdits(pondId, path, draft)
  }
  return (
    <EmptyState
      action={
        <div className={classes.choices}>
          <Button variant="default" onClick={discardEdits}>
            Discard edits
          </Button>
          <Button
            leftSection={<IconDeviceFloppy size={16} stroke={1.6} />}
            loading={saving}
            disabled={readOnly !== null}
            onClick={() => void onSave()}
          >
            Save my edits
          </Button>
        </div>
      }
    >
      {displayName(path)} was deleted or moved while you edited it. Your edits are kept: saving makes the file again.
    </EmptyState>
  )
}
