/**
 * The newest row of each of some nodes, looked for in the newest files first: in a long history the
 * older ones need not be opened. Relies on a node's rows having versions in the order of their
 * transactions, and on the bounds that the log has of every file of ours.
 */
import type { DecodedFile, OpenedFile } from './data-files'
import { closeAll } from './data-files'
import type { AddressedRow } from './row'
import { boundsOf, mayHold, scanFile, type ScanFilter } from './scan'
import type { LiveFile } from '../state/state'

/** Of which nodes, each in its part, and up to which pond version. */
export interface NewestQuery {
  /** Parts by node. */
  readonly nodes: ReadonlyMap<string, string>
  readonly txnSeqUpTo: number
  readonly content?: ScanFilter['content']
}

/** Beyond this many nodes of one part, all of its rows are read. */
const MANY_OF_PART = 1_000

/** @param open gives a file, which is closed here. */
export async function newestRows(
  files: Iterable<LiveFile>,
  { nodes, txnSeqUpTo, content }: NewestQuery,
  open: (file: LiveFile) => Promise<DecodedFile | OpenedFile>,
): Promise<ReadonlyMap<string, AddressedRow>> {
  const found = new Map<string, AddressedRow>()
  let wanted = new Set(nodes.keys())
  for (const file of [...files].sort((a, b) => lastTxnSeq(b) - lastTxnSeq(a))) {
    wanted = stillWanted(wanted, found, lastTxnSeq(file))
    if (wanted.size === 0) break
    const filter = {
      ...whichOf(wanted, nodes),
      txnSeqUpTo,
      newestOnly: true,
      ...(content === undefined ? {} : { content }),
    }
    if (!mayHold(file, filter)) continue
    const opened = await open(file)
    try {
      for await (const rows of scanFile(opened, filter)) {
        for (const row of rows) {
          if (row.partId !== nodes.get(row.nodeId)) continue
          const known = found.get(row.nodeId)
          if (known === undefined || known.version < row.version) found.set(row.nodeId, row)
        }
      }
    } finally {
      await closeAll([opened])
    }
  }
  return found
}

/** Of a file that may hold any row: beyond all. */
function lastTxnSeq({ bounds }: LiveFile): number {
  return bounds.maxTxnSeq ?? Number.MAX_SAFE_INTEGER
}

/** Without the nodes of which no file up to a transaction can have a newer row. One transaction may have several. */
function stillWanted(wanted: Set<string>, found: ReadonlyMap<string, AddressedRow>, upTo: number): Set<string> {
  if (found.size === 0) return wanted
  return new Set([...wanted].filter((id) => (found.get(id)?.txnSeq ?? 0) <= upTo))
}

function whichOf(wanted: ReadonlySet<string>, nodes: ReadonlyMap<string, string>): ScanFilter {
  const parts = new Set<string>()
  for (const id of wanted) {
    parts.add(nodes.get(id)!)
    if (parts.size > 1) return { nodeIds: wanted }
  }
  const [partId] = parts
  // Most rows of the part between them will do, and which do not shows when they are here.
  if (wanted.size > MANY_OF_PART) return { partId: partId!, nodesBetween: boundsOf(wanted) }
  const [nodeId] = wanted
  return { partId: partId!, ...(wanted.size === 1 ? { nodeId: nodeId! } : { nodeIds: wanted }) }
}
