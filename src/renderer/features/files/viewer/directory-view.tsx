/** What a directory holds, as a sortable list; an empty one says how to fill it. */
import { Button } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconFolderUp, IconUpload } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { Api } from '../../../../shared/contract'
import type { Entry } from '../../../../shared/model'
import { failureOf, useAt, useRead, useReadOnlyReason, useSession } from '../../../session'
import {
  ChangeBadge,
  clsx,
  displayName,
  EmptyState,
  EntryIcon,
  ErrorState,
  formatNumber,
  SizeText,
  TimeAgo,
} from '../../../ui'
import { useImport } from '../import/use-import'
import { revealInTree } from '../state'
import classes from './directory-view.module.css'
import { kindWord, sortEntries, type SortColumn } from './sort-entries'
import viewer from './viewer.module.css'

/** Beyond it a list is not read but searched: the navigator and SQL reach everything. */
const LISTED = 10_000
/** What is shown while the rest of a large folder is on its way; the navigator asks for as many. */
const AT_ONCE = 500
const ROW = 28

const COLUMNS: readonly { readonly key: SortColumn; readonly label: string; readonly right?: boolean }[] = [
  { key: 'name', label: 'Name' },
  { key: 'kind', label: 'Kind' },
  { key: 'size', label: 'Size', right: true },
  { key: 'modified', label: 'Modified', right: true },
  { key: 'versions', label: 'Versions', right: true },
]

export function DirectoryView({ path }: { readonly path: string }) {
  const at = useAt()
  const { data, error } = useListing(path)
  if (error !== null) return <ErrorState title={`${displayName(path)} cannot be listed`} failure={failureOf(error)} />
  if (data === undefined) return null
  if (data.total === 0) {
    return at === 'pending' ? <DropHere path={path} /> : <EmptyState>This folder was empty at version {at}.</EmptyState>
  }
  return (
    <>
      {data.total > LISTED && (
        <div className={viewer.note}>
          The first {formatNumber(LISTED)} of {formatNumber(data.total)} entries by name. The navigator reaches all of
          them.
        </div>
      )}
      <Listing path={path} entries={data.entries} />
    </>
  )
}

/** The first entries at once, then as many as are listed. */
function useListing(path: string) {
  const read = (limit: number) => (api: Api, at: string, signal: AbortSignal) =>
    api.files.list({ path, at, limit, deleted: at === 'pending' }, { signal })
  const first = useRead(['listing', path, AT_ONCE], read(AT_ONCE))
  const isLarge = first.data !== undefined && first.data.total > AT_ONCE
  const rest = useRead(['listing', path], read(LISTED), { enabled: isLarge })
  return { data: (isLarge ? rest.data : undefined) ?? first.data, error: first.error ?? rest.error }
}

function Listing({ path, entries }: { readonly path: string; readonly entries: readonly Entry[] }) {
  const [sort, setSort] = useState<{ readonly column: SortColumn; readonly descending: boolean }>({
    column: 'name',
    descending: false,
  })
  const [active, setActive] = useState(0)
  const sorted = useMemo(() => sortEntries(entries, sort.column, sort.descending), [entries, sort])
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    scrollPaddingStart: 28,
  })

  const open = (entry: Entry | undefined): void => {
    if (entry === undefined) return
    useSession.getState().select(entry.path)
    revealInTree(entry.path)
  }
  const go = (to: number): void => {
    const index = Math.max(0, Math.min(sorted.length - 1, to))
    setActive(index)
    rows.scrollToIndex(index, { align: 'auto' })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 2)
    const to = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: sorted.length - 1,
    }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      go(to)
    } else if (event.key === 'Enter') open(sorted[active])
  }

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="grid"
      aria-label={`Contents of ${displayName(path)}`}
      aria-rowcount={sorted.length + 1}
      aria-activedescendant={`listing-${active}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={classes.head} role="row" aria-rowindex={1}>
        {COLUMNS.map(({ key, label, right }) => (
          <div
            key={key}
            role="columnheader"
            aria-sort={sort.column !== key ? 'none' : sort.descending ? 'descending' : 'ascending'}
          >
            <button
              type="button"
              tabIndex={-1}
              className={clsx(classes.column, right && classes.right)}
              style={{ width: '100%' }}
              onClick={() => setSort({ column: key, descending: sort.column === key && !sort.descending })}
            >
              {label}
              {sort.column === key &&
                (sort.descending ? <IconArrowDown size={12} aria-hidden /> : <IconArrowUp size={12} aria-hidden />)}
            </button>
          </div>
        ))}
      </div>
      <div className={classes.body} role="presentation" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const entry = sorted[item.index]
          if (entry === undefined) return null
          return (
            <div
              key={entry.path}
              id={`listing-${item.index}`}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={item.index === active}
              className={classes.row}
              data-change={entry.change ?? undefined}
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={() => setActive(item.index)}
              onDoubleClick={() => open(entry)}
            >
              <div role="gridcell" className={classes.name}>
                <EntryIcon fileType={entry.fileType} name={entry.name} recipe={entry.recipe} />
                <span className="pond-ellipsis">{displayName(entry.name)}</span>
                {entry.change !== null && <ChangeBadge change={entry.change} oldPath={entry.oldPath} />}
              </div>
              <div role="gridcell" className={classes.cell}>
                {kindWord(entry)}
              </div>
              <div role="gridcell" className={clsx(classes.cell, classes.right)}>
                <SizeText bytes={entry.size} />
              </div>
              <div role="gridcell" className={clsx(classes.cell, classes.right)}>
                <TimeAgo instant={entry.modifiedAt} />
              </div>
              <div role="gridcell" className={clsx(classes.cell, classes.right)}>
                {formatNumber(entry.nodeVersion)}
              </div>
            </div>
          )
        })}
      </div>
    </div>
  )
}

function DropHere({ path }: { readonly path: string }) {
  const importer = useImport()
  const readOnly = useReadOnlyReason()
  if (readOnly !== null) return <EmptyState>This folder is empty.</EmptyState>
  return (
    <div className={classes.drop}>
      <div>
        <p className={classes.big}>Drop files and folders here</p>
        <p>They show up at once as pending; a commit makes them a version.</p>
      </div>
      <div className={classes.choices}>
        <Button leftSection={<IconUpload size={16} stroke={1.6} />} onClick={() => importer.chooseFiles(path)}>
          Import files…
        </Button>
        <Button
          variant="default"
          leftSection={<IconFolderUp size={16} stroke={1.6} />}
          onClick={() => importer.chooseFolder(path)}
        >
          Import a folder…
        </Button>
      </div>
    </div>
  )
}
