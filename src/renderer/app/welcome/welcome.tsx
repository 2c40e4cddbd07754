/** The first screen: what this is for, in three steps, and the ways in. */
import { Button, Loader } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconArrowRight, IconFolderOpen, IconHistory, IconPlus, IconSparkles, IconX } from '@tabler/icons-react'
import { useState, type DragEvent } from 'react'
import type { RecentPond } from '../../../shared/contract'
import { useApi, useCommand, useConnection, useSession, type Failure } from '../../session'
import { clsx, displayName, EmptyState, ErrorState, IconButton, Mark, TimeAgo } from '../../ui'
import { BuildBand } from '../bands'
import { showDialog, useOpening, usePondActions } from './opening'
import { PondDialogs } from './pond-dialogs'
import { RefusalOf } from './refusal'
import { Steps } from './steps'
import classes from './welcome.module.css'

export function Welcome({
  failure,
  clearFailure,
}: {
  readonly failure: Failure | null
  readonly clearFailure: () => void
}) {
  const actions = usePondActions()
  const { pathForFile } = useConnection()
  const { busy, refusal, dialog } = useOpening()
  const [over, setOver] = useState(false)
  useCommand(
    {
      id: 'pond.create',
      title: 'Create a pond',
      group: 'Pond',
      key: null,
      cli: 'pond init DIR',
      disabled: null,
      run: () => showDialog('create'),
    },
    {
      id: 'pond.open',
      title: 'Open a pond',
      group: 'Pond',
      key: 'mod+O',
      cli: 'pond app --pond DIR',
      disabled: null,
      run: () => void actions.choose(),
    },
    {
      id: 'pond.sample',
      title: 'Try a sample pond',
      group: 'Pond',
      key: null,
      cli: 'pond init DIR --sample',
      disabled: null,
      run: () => void actions.sample(),
    },
  )

  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file !== undefined && pathForFile !== null) void actions.open(pathForFile(file))
  }

  return (
    <main
      className={clsx(classes.welcome, over && classes.over)}
      onDragOver={(event) => {
        event.preventDefault()
        if (pathForFile !== null) setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <BuildBand />
      <div className={classes.page}>
        <header className={classes.head}>
          <Mark size={44} />
          <div>
            <h1 className={classes.name}>DuckPond</h1>
            <p className={classes.promise}>A folder for your data that remembers every version and answers SQL.</p>
          </div>
        </header>
        <Steps />
        {failure !== null && (
          <ErrorState
            compact
            title="The pond was closed"
            failure={failure}
            action={
              <Button variant="default" onClick={clearFailure}>
                Dismiss
              </Button>
            }
          />
        )}
        {refusal !== null && dialog === null && <RefusalOf refusal={refusal} />}
        <div className={classes.ways}>
          <section className={classes.start} aria-labelledby="welcome-start">
            <h2 id="welcome-start" className={classes.heading}>
              Start
            </h2>
            <Way
              icon={<IconPlus size={18} stroke={1.6} />}
              title="Create a pond…"
              text="Choose a folder and put your files in."
              onClick={() => showDialog('create')}
            />
            <Way
              icon={<IconFolderOpen size={18} stroke={1.6} />}
              title="Open a pond…"
              text={
                pathForFile === null
                  ? 'Choose a folder that is one already.'
                  : 'Choose a folder, or drop it on this window.'
              }
              onClick={() => void actions.choose()}
            />
            <Way
              icon={<IconSparkles size={18} stroke={1.6} />}
              title="Try a sample pond"
              text="Real data with a history, and a change to commit."
              onClick={() => void actions.sample()}
            />
          </section>
          <section className={classes.recent} aria-labelledby="welcome-recent">
            <h2 id="welcome-recent" className={classes.heading}>
              Recent
            </h2>
            <Recent onOpen={(path) => void actions.open(path)} />
          </section>
        </div>
        <p className={classes.busy} role="status">
          {busy !== null && (
            <>
              <Loader size={12} /> {busy}…
            </>
          )}
        </p>
      </div>
      <PondDialogs />
    </main>
  )
}

function Way({
  icon,
  title,
  text,
  onClick,
}: {
  readonly icon: React.ReactNode
  readonly title: string
  readonly text: string
  readonly onClick: () => void
}) {
  return (
    <button type="button" className={classes.way} onClick={onClick}>
      <span className={classes.wayIcon} aria-hidden>
        {icon}
      </span>
      <span className={classes.wayWords}>
        <span className={classes.wayTitle}>{title}</span>
        <span className={classes.wayText}>{text}</span>
      </span>
      <IconArrowRight className={classes.arrow} size={16} stroke={1.6} aria-hidden />
    </button>
  )
}

function Recent({ onOpen }: { readonly onOpen: (path: string) => void }) {
  const api = useApi()
  const queries = useQueryClient()
  const wire = useSession((s) => s.wire)
  const { data } = useQuery({
    queryKey: ['recent'],
    queryFn: () => api.host.recent(),
    staleTime: 0,
    enabled: wire === 'connected',
  })
  if (data === undefined) return null
  if (data.length === 0)
    return <EmptyState icon={<IconHistory size={24} stroke={1.4} />}>Ponds you open are listed here.</EmptyState>
  const forget = async (pond: RecentPond): Promise<void> => {
    await api.host.forget({ path: pond.path })
    await queries.invalidateQueries({ queryKey: ['recent'] })
  }
  return (
    <ul className={classes.list}>
      {data.map((pond) => (
        <li key={pond.path} className={classes.item}>
          <button type="button" className={classes.open} disabled={!pond.available} onClick={() => onOpen(pond.path)}>
            <span className={classes.pondName}>{displayName(pond.name)}</span>
            <span className={classes.pondPath} title={pond.path}>
              {pond.available ? displayName(pond.path) : `${displayName(pond.path)} is no longer there`}
            </span>
          </button>
          <TimeAgo instant={pond.openedAt} className={classes.when} />
          <IconButton
            size={22}
            className={classes.forget}
            label={`Forget ${displayName(pond.name)}`}
            icon={<IconX size={14} stroke={1.6} />}
            onClick={() => void forget(pond)}
          />
        </li>
      ))}
    </ul>
  )
}
