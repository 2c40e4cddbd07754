/**
 * Writes the rows that a query has read to a file, under a temporary name beside its target, which it takes when it
 * is complete. Without a target on this machine, the file waits in the pond's cache until the byte plane has served
 * it or the connection ends.
 */
import { mustGoOn } from '../../../shared/cancellation'
import { randomUUID } from 'node:crypto'
import { lstat, mkdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { ExportedFile } from '../../../shared/contract'
import type { ExportFormat, ResolvedAt, SortKey } from '../../../shared/model'
import { hostError, writeToHost } from '../../platform/node'
import type { Pond } from '../../pond'
import type { Run } from '../../query'
import type { Report } from '../connection/steps'

const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  parquet: 'application/vnd.apache.parquet',
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
  arrow: 'application/vnd.apache.arrow.stream',
}

export interface ExportRequest {
  /** The result whose rows they are. */
  readonly run: Run
  /** What is shown of it: columns by their place in the result, in order (null: all), and the order of the rows. */
  readonly shown: { readonly columns: readonly number[] | null; readonly keys: readonly SortKey[] }
  /** What it is of, for the name of the file: a query or a table. */
  readonly name: string
  readonly format: ExportFormat
  /** Absolute path of a file that is not there, or of a folder; null to keep it for the byte plane. */
  readonly hostPath: string | null
  readonly productVersion: string
  readonly report: Report
  readonly signal: AbortSignal
}

export class FinishedExport implements ExportedFile {
  readonly exportId = randomUUID()
  readonly fileName: string
  readonly bytes: number
  readonly rows: number
  readonly mediaType: string
  readonly hostPath: string
  readonly #isTemporary: boolean

  constructor(file: Omit<ExportedFile, 'exportId'> & { mediaType: string; hostPath: string; isTemporary: boolean }) {
    this.fileName = file.fileName
    this.bytes = file.bytes
    this.rows = file.rows
    this.mediaType = file.mediaType
    this.hostPath = file.hostPath
    this.#isTemporary = file.isTemporary
  }

  /** What crosses the bridge. */
  get wire(): ExportedFile {
    return { exportId: this.exportId, fileName: this.fileName, bytes: this.bytes, rows: this.rows }
  }

  /** Removes a temporary file; a file that the user named stays. Idempotent. */
  async close(): Promise<void> {
    if (this.#isTemporary) await rm(this.hostPath, { force: true })
  }
}

/** @throws query.*, host.* */
export async function exportQuery(pond: Pond, request: ExportRequest): Promise<FinishedExport> {
  const { run, shown, format, report, signal } = request
  const { at } = run.current()
  const place = await placeOf(pond, request)
  const hostPath = join(place.folder, place.name)
  const options = {
    replace: false,
    // What waits for the byte plane is in the pond's own cache.
    ponds: place.isTemporary ? null : pond.openFolders(),
    workFolder: () => pond.queries.workFolder(),
    cleanUp: pond.cleanUp.bind(pond),
    signal,
  }
  const { rows, bytes } = await writeToHost(hostPath, options, async (target) => {
    // Columns are known with the first rows; an export that was asked for before waits for them.
    await ended(run, signal)
    return run.export({
      columns: shown.columns ?? (run.current().columns ?? []).map((_, index) => index),
      keys: shown.keys,
      format,
      target,
      metadata: {
        ...pond.exportMetadata({ at, sql: run.sql }),
        'pond.product_version': request.productVersion,
      },
      signal,
      onProgress: ({ percent, rows: done }) => {
        if (percent !== null) report({ done: percent, total: 100, unit: 'percent', note: '' })
        else if (done !== null) report({ done, total: null, unit: 'rows', note: '' })
      },
    })
  })
  const fileName = place.isTemporary ? fileNameOf(request.name, at, format) : place.name
  return new FinishedExport({
    fileName,
    bytes,
    rows,
    mediaType: MEDIA_TYPES[format],
    hostPath,
    isTemporary: place.isTemporary,
  })
}

async function ended(run: Run, signal: AbortSignal): Promise<void> {
  for await (const _state of run.states()) mustGoOn(signal)
}

/** `daily (version 3).csv`: what it is of, and the moment that it was read at. */
function fileNameOf(name: string, at: ResolvedAt, format: ExportFormat): string {
  const moment = at.kind === 'pending' ? `version ${at.version} + pending` : `version ${at.version}`
  const plain = name
    .replace(/[\\/:*?"<>|\u0000-\u001f\u007f]/g, '_')
    .replace(/^\.+/, '')
    .trim()
    .slice(0, 100)
  return `${plain || 'result'} (${moment}).${format}`
}

interface ExportPlace {
  /** Absolute, existing. */
  readonly folder: string
  readonly name: string
  readonly isTemporary: boolean
}

async function placeOf(pond: Pond, { run, name, format, hostPath }: ExportRequest): Promise<ExportPlace> {
  if (hostPath === null) {
    const folder = join(await pond.workFolder(), 'exports')
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw hostError(error, folder, 'write')
    })
    return { folder, name: `${randomUUID()}.${format}`, isTemporary: true }
  }
  const asked = resolve(hostPath)
  if (await isFolder(asked))
    return {
      folder: asked,
      name: await freeName(asked, fileNameOf(name, run.current().at, format)),
      isTemporary: false,
    }
  return { folder: dirname(asked), name: basename(asked), isTemporary: false }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true
}

/** Names are free where nothing has them, not even a link that leads nowhere. */
async function freeName(folder: string, name: string): Promise<string> {
  const ending = extname(name)
  const stem = name.slice(0, name.length - ending.length)
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${stem} (${n})${ending}`
    if ((await lstat(join(folder, free)).catch(() => undefined)) === undefined) return free
  }
}
