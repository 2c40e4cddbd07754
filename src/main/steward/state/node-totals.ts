/** How many nodes each version says that there are, and how many its rows make. */
import type { Version } from '../../../shared/model'
import type { OplogRow } from '../../oplog'
import { isNodeRow, parseAttributes } from '../../tlogfs'

export interface WrongTotal {
  readonly version: Version
  readonly told: number
  readonly found: number
}

/** Takes all rows of a table, in any order. */
export class NodeTotals {
  /** Nodes that a version made, less those that it removed. */
  readonly #gained = new Map<Version, number>()
  readonly #told = new Map<Version, number>()

  see(row: OplogRow): void {
    if (!isNodeRow(row)) {
      const { totalNodes } = parseAttributes(row.extendedAttributes)
      if (typeof totalNodes === 'number') this.#told.set(row.txnSeq, totalNodes)
    } else if (row.operation === 'create' || row.operation === 'delete') {
      const by = row.operation === 'create' ? 1 : -1
      this.#gained.set(row.txnSeq, (this.#gained.get(row.txnSeq) ?? 0) + by)
    }
  }

  /** The first version that tells another number than its rows and those before it make. */
  wrong(): WrongTotal | undefined {
    let found = 0
    const versions = new Set([...this.#gained.keys(), ...this.#told.keys()])
    for (const version of [...versions].sort((a, b) => a - b)) {
      found += this.#gained.get(version) ?? 0
      const told = this.#told.get(version)
      if (told !== undefined && told !== found) return { version, told, found }
    }
    return undefined
  }
}
