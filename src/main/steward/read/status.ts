/** What a pond is, and how it stands. */
import type { PondInfo, Status } from '../../../shared/model'
import { baseName } from '../../../shared/path'
import type { PondStore } from '../state/pond-store'
import type { History } from './history'

export async function pondInfo(store: PondStore): Promise<PondInfo> {
  const { snapshot } = await store.state()
  const path = store.world.storage.hostPath ?? ''
  const { pondId, createdAt, format } = store.pondFile
  return {
    pondId,
    path,
    name: baseName(path.replace(/[\\/]+$/, '').replaceAll('\\', '/')),
    createdAt,
    format,
    version: snapshot.pondVersion,
    deltaVersion: snapshot.deltaVersion,
    readOnly: await store.readOnlyReason(),
  }
}

export async function pondStatus(store: PondStore, history: History): Promise<Status> {
  const state = await store.state()
  const { snapshot, overlay } = state
  const last = snapshot.pondVersion === 0 ? undefined : await history.transaction(snapshot, snapshot.pondVersion)
  const { counts, nodesDelta, withoutEffect } = overlay.summary
  return {
    version: snapshot.pondVersion,
    transactionId: last?.transactionId ?? null,
    pendingOperations: state.pendingCount,
    totalNodes: (last?.totalNodes ?? 0) + nodesDelta,
    lastCommit: last?.committedAt ?? null,
    memoryUsageBytes: state.pendingBytes,
    counts,
    withoutEffect,
    conflicts: state.conflicts,
    undoable: state.undoable,
  }
}
