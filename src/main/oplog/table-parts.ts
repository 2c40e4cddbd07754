/** What the table's own modules share: the parts of one open table, without its public face. */
import type { Storage } from '../platform'
import type { DataFiles } from './data/data-files'
import type { DeltaLog, OplogWorld } from './log/log'
import type { Snapshot } from './state/snapshot'
import type { TableState } from './state/state'

export interface TableParts {
  readonly storage: Storage
  readonly world: OplogWorld
  /** The table's folder. */
  readonly folder: string
  readonly log: DeltaLog
  readonly data: DataFiles
  /** The newest state there is. */
  snapshot(): Promise<Snapshot>
  /** Takes a state that follows from what was just published or read. */
  adopt(state: TableState): Snapshot
  /** A table-relative name that nobody has; letters, digits and hyphens only. */
  newDataFile(): string
}
