/**
 * Checks a pond against everything it says of itself: each row's content against its hash, each blob,
 * each directory's entries against the nodes they name, each pending operation's content. Reads only.
 */
import { createHash } from 'node:crypto'
import { PondError } from '../../shared/errors'
import type { Problem, Progress, VerifyReport } from '../../shared/model'
import { quote } from '../../shared/path'
import type { OplogRow } from '../oplog'
import type { Storage } from '../platform'
import { decodeEntries, hasBlob, INLINE_LIMIT, type Blobs } from '../tlogfs'
import type { NodeRef } from '../tinyfs'
import { DATA_FOLDER } from './keeper'
import type { State } from './state'

export interface VerifyOptions {
  /** Sizes and references only, no hashes. */
  readonly quick?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

interface Findings {
  readonly problems: Problem[]
  rows: number
  bytes: number
  /** Size by hash, and one place that names it. */
  readonly blobs: Map<string, { readonly size: number; readonly path: string }>
}

export async function verifyPond(
  storage: Storage,
  blobs: Blobs,
  state: State,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const findings: Findings = { problems: [], rows: 0, bytes: 0, blobs: new Map() }
  const { snapshot } = state
  const total = snapshot.files.length
  let done = 0
  for (const file of snapshot.files) {
    options.signal?.throwIfAborted()
    options.onProgress?.({ kind: 'progress', done: done++, total, unit: 'files', note: 'checking the table' })
    await checkDataFile(storage, state, file, findings, options)
  }
  // What a damaged file holds would be missing everywhere: the file is named, and that is enough.
  if (findings.problems.length === 0) await checkTree(state, findings, options)
  await checkPending(state, findings)
  let checked = 0
  for (const [sha256, { size, path }] of findings.blobs) {
    options.signal?.throwIfAborted()
    options.onProgress?.({
      kind: 'progress',
      done: checked++,
      total: findings.blobs.size,
      unit: 'files',
      note: 'checking large files',
    })
    await checkBlob(blobs, sha256, size, path, findings, options)
  }
  if (state.problem !== null && (isJournal(state.problem) || findings.problems.length === 0)) {
    report(findings, isJournal(state.problem) ? 'pending/journal' : DATA_FOLDER, state.problem)
  }
  if (snapshot.foreign !== null) {
    findings.problems.push({
      file: `${DATA_FOLDER}/_delta_log`,
      kind: 'oplog.foreign-commit',
      message: snapshot.foreign.reason,
    })
  }
  return {
    ok: findings.problems.length === 0,
    checked: { dataFiles: total, rows: findings.rows, blobs: findings.blobs.size, bytes: findings.bytes },
    problems: findings.problems,
  }
}

async function checkDataFile(
  storage: Storage,
  { snapshot }: State,
  file: State['snapshot']['files'][number],
  findings: Findings,
  options: VerifyOptions,
): Promise<void> {
  const name = `${DATA_FOLDER}/${file.path}`
  const stat = await storage.stat(name)
  if (stat === undefined) {
    findings.problems.push({ file: name, kind: 'oplog.missing-data', message: 'the data file is missing' })
    return
  }
  if (stat.sizeBytes !== file.size) {
    findings.problems.push({
      file: name,
      kind: 'oplog.corrupt-data',
      message: `it has ${stat.sizeBytes} bytes, the log says ${file.size}`,
    })
    return
  }
  try {
    let rows = 0
    for await (const batch of snapshot.scan({ file: file.path, content: options.quick !== true })) {
      options.signal?.throwIfAborted()
      for (const row of batch) checkRow(name, row, findings, options.quick === true)
      rows += batch.length
    }
    findings.rows += rows
    findings.bytes += file.size
    if (rows !== file.rows)
      findings.problems.push({
        file: name,
        kind: 'oplog.corrupt-data',
        message: `it has ${rows} rows, the log says ${file.rows}`,
      })
  } catch (error) {
    report(findings, name, error)
  }
}

function checkRow(file: string, row: OplogRow, findings: Findings, quick: boolean): void {
  const where = `${quote(row.path ?? row.nodeId)} in version ${row.txnSeq}`
  if (row.fileType.startsWith('file:') && row.operation !== 'delete') {
    const size = row.size ?? 0
    if (row.sha256 === null || row.size === null) {
      findings.problems.push({ file, kind: 'tlogfs.corrupt-content', message: `${where} has no size or hash` })
    } else if (size > INLINE_LIMIT) findings.blobs.set(row.sha256, { size, path: row.path ?? row.nodeId })
    else if (!quick) {
      const bytes = row.content ?? new Uint8Array(0)
      if (bytes.length !== size || sha256Of(bytes) !== row.sha256) {
        findings.problems.push({
          file,
          kind: 'tlogfs.corrupt-content',
          message: `the content of ${where} does not match its hash`,
        })
      }
    }
  } else if (row.fileType === 'directory' && row.content !== null && row.content.length > 0) {
    try {
      decodeEntries(row.content, row.nodeId)
    } catch (error) {
      report(findings, file, error)
    }
  }
}

/** Every name in the head leads to a node that is there. */
async function checkTree(state: State, findings: Findings, options: VerifyOptions): Promise<void> {
  const { head } = state
  const waiting: { node: NodeRef; path: string }[] = [{ node: head.root, path: '' }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    options.signal?.throwIfAborted()
    try {
      const entries = await head.entries(next.node)
      await head.readAhead(entries.map((entry) => entry.node))
      for (const entry of entries) {
        const path = `${next.path}/${entry.name}`
        if ((await head.state(entry.node)) === undefined) {
          findings.problems.push({
            file: DATA_FOLDER,
            kind: 'tlogfs.corrupt-directory',
            message: `${quote(path)} is named by its directory but has no row`,
          })
        } else if (entry.node.fileType === 'directory') waiting.push({ node: entry.node, path })
      }
    } catch (error) {
      report(findings, DATA_FOLDER, error)
    }
  }
}

async function checkPending({ overlay }: State, findings: Findings): Promise<void> {
  for (const { operation, after, path } of overlay.applied) {
    if (hasBlob(operation)) findings.blobs.set(operation.sha256 ?? '', { size: operation.size ?? 0, path })
    else if (after !== null && after.content.kind === 'operation') {
      try {
        const reader = await overlay.openState(after)
        for await (const chunk of reader.chunks()) findings.bytes += chunk.length
        await reader.close()
      } catch (error) {
        report(findings, 'pending/journal', error)
      }
    }
  }
}

async function checkBlob(
  blobs: Blobs,
  sha256: string,
  size: number,
  path: string,
  findings: Findings,
  options: VerifyOptions,
): Promise<void> {
  try {
    const reader = await blobs.open(sha256, size, { path, version: null, nodeId: null })
    try {
      if (options.quick === true) return
      for await (const chunk of reader.chunks()) {
        options.signal?.throwIfAborted()
        findings.bytes += chunk.length
      }
    } finally {
      await reader.close()
    }
  } catch (error) {
    report(findings, blobs.pathOf(sha256), error)
  }
}

function isJournal({ code }: PondError): boolean {
  return code === 'tlogfs.journal-damaged' || code === 'tlogfs.foreign-journal'
}

function report(findings: Findings, file: string, error: unknown): void {
  if (!(error instanceof PondError) || error.code === 'platform.crashed') throw error
  findings.problems.push({ file, kind: error.code, message: error.message })
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
