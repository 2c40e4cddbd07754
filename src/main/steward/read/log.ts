/** The versions of a pond, of a path and of a node, with what each did. */
import { PondError } from '../../../shared/errors'
import type { FileVersion, LogEntry, OperationRecord, Version } from '../../../shared/model'
import { parsePath, quote } from '../../../shared/path'
import type { Snapshot } from '../../oplog'
import type { PondStore } from '../state/pond-store'
import { nodeAt, nodeById } from './former'
import { operationsOf, pendingOperation, type History, type TransactionRecord } from './history'
import { nodeVersions } from './node-history'

export class Log {
  readonly #store: PondStore
  readonly #history: History

  constructor(store: PondStore, history: History) {
    this.#store = store
    this.#history = history
  }

  /** Newest first; with `path` only versions that touched the node there. @throws tinyfs.not-found */
  async entries(options: {
    readonly path?: string
    readonly before?: Version
    readonly limit?: number
  }): Promise<readonly LogEntry[]> {
    const { snapshot } = await this.#store.state()
    const limit = options.limit ?? Number.POSITIVE_INFINITY
    const before = Math.min(snapshot.pondVersion + 1, options.before ?? Number.POSITIVE_INFINITY)
    const records = await this.#transactionsBefore(snapshot, { before, limit, ...options })
    return records.map(({ totalNodes: _totalNodes, ...record }) => ({
      ...record,
      isHead: record.version === snapshot.pondVersion,
    }))
  }

  /** Newest first. */
  async #transactionsBefore(
    snapshot: Snapshot,
    { path, before, limit }: { readonly path?: string; readonly before: Version; readonly limit: number },
  ): Promise<TransactionRecord[]> {
    if (path === undefined) {
      return (await this.#history.range(snapshot, Math.max(0, before - 1 - limit), before - 1)).reverse()
    }
    const touching = new Set((await this.ofPath(path)).map(({ version }) => version ?? before))
    const versions = [...touching].filter((version) => version < before).slice(0, limit)
    return [...(await this.#history.of(snapshot, versions)).values()].reverse()
  }

  /** What these versions say of themselves, newest first. */
  async entriesOf(versions: readonly Version[]): Promise<readonly LogEntry[]> {
    const { snapshot } = await this.#store.state()
    const records = await this.#history.of(snapshot, versions)
    return [...records.values()]
      .map(({ totalNodes: _totalNodes, ...record }) => ({ ...record, isHead: record.version === snapshot.pondVersion }))
      .sort((a, b) => b.version - a.version)
  }

  /** In their order; null: those that are pending. @throws steward.unknown-version */
  async operations(version: Version | null): Promise<readonly OperationRecord[]> {
    const state = await this.#store.state()
    if (version === null) return Array.from(state.overlay.applied, pendingOperation)
    if (version === 0) return []
    await this.#history.transaction(state.snapshot, version)
    return operationsOf(state.snapshot, version)
  }

  /** Of the entry at a path now; else of the one that was there last. @throws tinyfs.not-found */
  async ofPath(path: string): Promise<readonly FileVersion[]> {
    const place = parsePath(path)
    const state = await this.#store.state()
    return nodeVersions(state, this.#history, await nodeAt(place, state, await this.#store.views()))
  }

  /** Of a node, be it live or not. @throws tinyfs.not-found where there never was one */
  async ofNode(nodeId: string): Promise<readonly FileVersion[]> {
    const state = await this.#store.state()
    const versions = await nodeVersions(state, this.#history, await nodeById(nodeId, state))
    if (versions.length > 0) return versions
    throw new PondError('tinyfs.not-found', `there never was a node ${quote(nodeId)}`, { nodeId })
  }
}
