/**
 * A query's result as a file: run again into a temporary file beside its target, named when it is
 * whole. Without a target on this machine it waits in the pond's cache until the byte plane has
 * served it or the connection leaves.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { ExportedFile } from '../../shared/contract'
import { PondError } from '../../shared/errors'
import type { ExportFormat, ResolvedAt } from '../../shared/model'
import { quote } from '../../shared/path'
import type { Pond } from '../pond'
import { publish } from './host-folder'
import { mustBeOutside } from './host-target'
import type { Report } from './steps'

const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  parquet: 'application/vnd.apache.parquet',
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
  arrow: 'application/vnd.apache.arrow.stream',
}

export interface ExportRequest {
  /** The statement and the moment that it was read at. */
  readonly query: { readonly sql: string; readonly at: ResolvedAt }
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

/** @throws query.*, host.not-found, host.exists */
export async function exportQuery(pond: Pond, request: ExportRequest): Promise<FinishedExport> {
  const { query, format, report, signal } = request
  const place = await placeOf(pond, request)
  const target = join(place.folder, `.${randomUUID()}.part`)
  const source = await pond.source(query.at.kind === 'pending' ? 'pending' : String(query.at.version))
  try {
    const { rows, bytes } = await pond.queries.export(source, query.sql, {
      format,
      target,
      metadata: {
        'pond.id': pond.pondId,
        'pond.version': query.at.kind === 'pending' ? `${query.at.version}+pending` : String(query.at.version),
        'pond.sql': query.sql,
        'pond.exported_at': new Date(pond.now() / 1_000).toISOString(),
        'pond.product_version': request.productVersion,
      },
      signal,
      onProgress: ({ percent, rows: done }) => {
        if (percent !== null) report({ done: percent, total: 100, unit: 'percent', note: '' })
        else if (done !== null) report({ done, total: null, unit: 'rows', note: '' })
      },
    })
    const hostPath = join(place.folder, place.name)
    if ((await publish(target, hostPath, false)) !== undefined) throw taken(hostPath)
    const fileName = place.isTemporary ? `result.${format}` : place.name
    return new FinishedExport({
      fileName,
      bytes,
      rows,
      mediaType: MEDIA_TYPES[format],
      hostPath,
      isTemporary: place.isTemporary,
    })
  } finally {
    await rm(target, { force: true })
  }
}

interface ExportPlace {
  /** Absolute, existing. */
  readonly folder: string
  readonly name: string
  readonly isTemporary: boolean
}

async function placeOf(pond: Pond, { format, hostPath }: ExportRequest): Promise<ExportPlace> {
  if (hostPath === null) {
    const folder = join(pond.cacheHostFolder, 'exports')
    await mkdir(folder, { recursive: true })
    return { folder, name: `${randomUUID()}.${format}`, isTemporary: true }
  }
  const asked = resolve(hostPath)
  await mustBeOutside((await pond.info()).path, asked)
  const kind = await kindOf(asked)
  if (kind === 'folder') return { folder: asked, name: await freeName(asked, `result.${format}`), isTemporary: false }
  if (kind === 'other') throw taken(asked)
  const folder = dirname(asked)
  if ((await kindOf(folder)) !== 'folder') {
    throw new PondError('host.not-found', `expected a folder at ${quote(folder)}, found none`, { path: folder })
  }
  return { folder, name: basename(asked), isTemporary: false }
}

async function kindOf(path: string): Promise<'folder' | 'other' | 'nothing'> {
  const there = await stat(path).catch(() => undefined)
  if (there === undefined) return 'nothing'
  return there.isDirectory() ? 'folder' : 'other'
}

async function freeName(folder: string, name: string): Promise<string> {
  const ending = extname(name)
  const stem = name.slice(0, name.length - ending.length)
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${stem} (${n})${ending}`
    if ((await kindOf(join(folder, free))) === 'nothing') return free
  }
}

function taken(path: string): PondError {
  return new PondError('host.exists', `${quote(path)} already exists: choose another name`, { path })
}
