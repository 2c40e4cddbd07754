/**
 * The bytes of a file, sixteen to a row: offset, hexadecimal and text. Reads only the pages in view,
 * so that the last byte of a gigabyte is as near as the first.
 */
import { NumberInput } from '@mantine/core'
import { useRef, useState, type KeyboardEvent } from 'react'
import type { Entry } from '../../../../shared/model'
import { failureOf } from '../../../session'
import { EmptyState, ErrorState, exactBytes, Spacer, Toolbar } from '../../../ui'
import { spacerPx, visibleRows } from '../../../ui/grid/scroll'
import { useGridScroll } from '../../../ui/grid/use-grid-scroll'
import classes from './bytes-view.module.css'
import { useContent } from './content'

const ROW_PX = 20
const PER_ROW = 16
const PAGE_BYTES = 64 * 1024
const PAGE_ROWS = PAGE_BYTES / PER_ROW

export function BytesView({ entry }: { readonly entry: Entry }) {
  const size = entry.size ?? 0
  const rows = Math.ceil(size / PER_ROW)
  const scroller = useRef<HTMLDivElement>(null)
  const scroll = useGridScroll(scroller, rows * ROW_PX, 0)
  const [from, to] = visibleRows(scroll.extent, scroll.top, ROW_PX, rows)
  const pages: number[] = []
  for (
    let page = Math.floor(from / PAGE_ROWS);
    page <= Math.floor(Math.max(from, to - 1) / PAGE_ROWS) && size > 0;
    page++
  )
    pages.push(page)

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = scroll.extent.viewportPx - ROW_PX
    const move = { ArrowDown: ROW_PX, ArrowUp: -ROW_PX, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[
      event.key
    ]
    if (move === undefined) return
    event.preventDefault()
    scroll.scrollTo(Math.max(0, Math.min(rows * ROW_PX, scroll.top + move)))
  }

  if (size === 0) return <EmptyState>The file is empty.</EmptyState>
  return (
    <>
      <Toolbar>
        <span className="pond-dim pond-numbers">{exactBytes(size)}</span>
        <Spacer />
        <GoTo size={size} onGo={(offset) => scroll.scrollTo(Math.floor(offset / PER_ROW) * ROW_PX)} />
      </Toolbar>
      <div
        ref={scroller}
        className={classes.scroller}
        tabIndex={0}
        role="region"
        aria-label="Bytes"
        onKeyDown={onKeyDown}
      >
        <div style={{ height: spacerPx(scroll.extent) }}>
          <div className={classes.layer} style={{ height: scroll.height }}>
            {pages.map((page) => (
              <PageRows key={page} entry={entry} page={page} size={size} from={from} to={to} top={scroll.top} />
            ))}
          </div>
        </div>
      </div>
    </>
  )
}

function PageRows({
  entry,
  page,
  size,
  from,
  to,
  top,
}: {
  readonly entry: Entry
  readonly page: number
  readonly size: number
  readonly from: number
  readonly to: number
  readonly top: number
}) {
  const start = page * PAGE_BYTES
  const { data, error } = useContent(entry, start, Math.min(size, start + PAGE_BYTES))
  if (error !== null) return <ErrorState compact title="These bytes cannot be read" failure={failureOf(error)} />
  const first = Math.max(from, page * PAGE_ROWS)
  const last = Math.min(to, (page + 1) * PAGE_ROWS, Math.ceil(size / PER_ROW))
  const shown: React.ReactNode[] = []
  for (let row = first; row < last; row++) {
    const at = row * PER_ROW - start
    shown.push(
      <div key={row} className={classes.row} style={{ transform: `translateY(${row * ROW_PX - top}px)` }}>
        <Line offset={row * PER_ROW} bytes={data?.subarray(at, at + PER_ROW)} />
      </div>,
    )
  }
  return shown
}

function Line({ offset, bytes }: { readonly offset: number; readonly bytes: Uint8Array | undefined }) {
  const hex =
    bytes === undefined
      ? ''
      : [...bytes].map((b, i) => (i === 8 ? ' ' : '') + b.toString(16).padStart(2, '0')).join(' ')
  const text =
    bytes === undefined ? '' : [...bytes].map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '·')).join('')
  return (
    <>
      <span className={classes.offset}>{offset.toString(16).padStart(8, '0')}</span>
      <span className={classes.hex}>{hex}</span>
      <span className={classes.text}>{text}</span>
    </>
  )
}

function GoTo({ size, onGo }: { readonly size: number; readonly onGo: (offset: number) => void }) {
  const [offset, setOffset] = useState<number | string>('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (typeof offset === 'number') onGo(Math.min(size - 1, offset))
      }}
    >
      <NumberInput
        aria-label="Go to byte"
        placeholder="Go to byte"
        hideControls
        w={120}
        min={0}
        max={size - 1}
        thousandSeparator=","
        value={offset}
        onChange={setOffset}
      />
    </form>
  )
}
