/**
 * What all rows of the table say together: that each transaction has as many operations as it says, and that
 * no node has two rows of one version. A row that was dropped or doubled is found so, whoever rearranged it.
 */
import { createHash } from 'node:crypto'
import { quote } from '../../../shared/path'
import type { OplogRow } from '../../oplog'
import { parseAttributes } from '../../tlogfs'
import type { Findings } from './findings'
import type { State } from '../state/state'
import { DATA_FOLDER } from '../../../shared/pond-folder'

/** What operations leave; `entries` rows and the transaction's own come besides. */
const OPERATIONS: ReadonlySet<string> = new Set(['create', 'update', 'append', 'delete', 'rename'])
/** Named one by one; of the rest the number. */
const NAMED = 20

export class TransactionCheck {
  /** By pond version: operations found, and as many as the transaction says; undefined until it was seen. */
  readonly #transactions = new Map<number, { found: number; said: number | undefined }>()
  /** 48 bits for each node and version: what is there twice is looked at again. */
  readonly #seen = new Set<number>()
  readonly #twice = new Set<number>()

  add(row: OplogRow): void {
    const key = keyOf(row)
    if (this.#seen.has(key)) this.#twice.add(key)
    else this.#seen.add(key)
    const transaction = this.#transactions.get(row.txnSeq) ?? { found: 0, said: undefined }
    if (row.operation === 'commit') {
      const { operations } = parseAttributes(row.extendedAttributes)
      if (typeof operations === 'number') transaction.said = operations
    } else if (OPERATIONS.has(row.operation)) transaction.found++
    this.#transactions.set(row.txnSeq, transaction)
  }

  /** Once all rows were added. */
  async report({ snapshot }: State, findings: Findings): Promise<void> {
    const wrong: string[] = []
    for (let version = 1; version <= snapshot.pondVersion; version++) {
      const { found, said } = this.#transactions.get(version) ?? { found: 0, said: undefined }
      if (said === undefined) wrong.push(`version ${version} has no row of its transaction`)
      else if (found !== said) wrong.push(`version ${version} has ${found} operations, its transaction says ${said}`)
    }
    if (this.#twice.size > 0) wrong.push(...(await this.#doubled(snapshot)))
    for (const message of wrong.slice(0, NAMED)) findings.damage(DATA_FOLDER, 'oplog.corrupt-data', message)
    if (wrong.length > NAMED)
      findings.damage(DATA_FOLDER, 'oplog.corrupt-data', `and ${wrong.length - NAMED} more of the same`)
  }

  /** Two of the keys may be the same for different rows; the rows themselves tell. */
  async #doubled(snapshot: State['snapshot']): Promise<readonly string[]> {
    const counts = new Map<string, { count: number; path: string | null }>()
    for await (const rows of snapshot.scan())
      for (const row of rows) {
        if (!this.#twice.has(keyOf(row))) continue
        const name = `${row.nodeId}/${row.version}`
        counts.set(name, { count: (counts.get(name)?.count ?? 0) + 1, path: row.path })
      }
    return [...counts]
      .filter(([, { count }]) => count > 1)
      .map(([name, { count, path }]) => {
        const [nodeId, version] = name.split('/')
        return `${path === null ? `node ${nodeId}` : quote(path)} has ${count} rows of its version ${version}`
      })
  }
}

function keyOf({ nodeId, version }: OplogRow): number {
  return createHash('sha256').update(`${nodeId}/${version}`).digest().readUIntLE(0, 6)
}
