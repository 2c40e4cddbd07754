/** Checks what the table's rows say: contents against their hashes, names against the nodes they lead to. */
import { mustGoOn } from '../../../shared/cancellation'
import { createHash } from 'node:crypto'
import { quote } from '../../../shared/path'
import type { DataFile, OplogRow } from '../../oplog'
import type { NodeRef } from '../../tinyfs'
import { decodeEntries, INLINE_LIMIT } from '../../tlogfs'
import type { Findings } from './findings'
import type { State } from '../state/state'
import type { VerifyOptions } from './verify'
import type { TransactionCheck } from './verify-transactions'
import { DATA_FOLDER } from '../../../shared/pond-folder'

/** The rows of one data file, whose bytes are what was written. */
export async function checkRows(
  { snapshot }: State,
  file: DataFile,
  { findings, transactions }: { readonly findings: Findings; readonly transactions: TransactionCheck },
  { quick = false, signal }: VerifyOptions,
): Promise<void> {
  const name = `${DATA_FOLDER}/${file.path}`
  try {
    let rows = 0
    for await (const batch of snapshot.scan({ file: file.path, content: !quick })) {
      mustGoOn(signal)
      for (const row of batch) {
        checkRow(name, row, findings, quick)
        findings.nodes.see(row)
        transactions.add(row)
      }
      rows += batch.length
    }
    findings.rows += rows
    if (file.rows !== null && rows !== file.rows)
      findings.damage(name, 'oplog.corrupt-data', `it has ${rows} rows, the log says ${file.rows}`)
  } catch (error) {
    findings.failed(name, error)
  }
}

function checkRow(file: string, row: OplogRow, findings: Findings, quick: boolean): void {
  const where = `${quote(row.path ?? row.nodeId)} in version ${row.txnSeq}`
  if (row.fileType.startsWith('file:') && row.operation !== 'delete') {
    const { sha256, size } = row
    if (sha256 === null || size === null) {
      findings.damage(file, 'tlogfs.corrupt-content', `${where} has no size or hash`)
    } else if (size > INLINE_LIMIT) findings.blobs.set(sha256, { size, path: row.path ?? row.nodeId })
    else if (!quick) {
      const bytes = row.content ?? new Uint8Array(0)
      if (bytes.length !== size || createHash('sha256').update(bytes).digest('hex') !== sha256)
        findings.damage(file, 'tlogfs.corrupt-content', `the content of ${where} does not match its hash`)
    }
  } else if (quick || row.operation === 'delete') {
    return
  } else if (isEmpty(row) && (row.operation === 'entries' || row.fileType === 'symlink')) {
    const what = row.fileType === 'symlink' ? 'the target' : 'the names'
    findings.damage(file, 'tlogfs.corrupt-directory', `${what} of ${where} are missing`)
  } else if (row.fileType === 'directory' && row.content !== null && row.content.length > 0) {
    try {
      decodeEntries(row.content, row.nodeId)
    } catch (error) {
      findings.failed(file, error)
    }
  }
}

function isEmpty({ content }: OplogRow): boolean {
  return content === null || content.length === 0
}

/** Every name in the head leads to a node that is there. */
export async function checkTree({ head }: State, findings: Findings, { signal }: VerifyOptions): Promise<void> {
  const waiting: { node: NodeRef; path: string }[] = [{ node: head.root, path: '' }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    mustGoOn(signal)
    try {
      const entries = await head.entries(next.node)
      await head.readAhead(entries.map((entry) => entry.node))
      for (const entry of entries) {
        const path = `${next.path}/${entry.name}`
        if ((await head.state(entry.node)) === undefined) {
          findings.damage(
            DATA_FOLDER,
            'tlogfs.corrupt-directory',
            `${quote(path)} is named by its directory but has no row`,
          )
        } else if (entry.node.fileType === 'directory') waiting.push({ node: entry.node, path })
      }
    } catch (error) {
      findings.failed(DATA_FOLDER, error)
    }
  }
}
