/** A restore, by where it must lead: which operations it takes is its own choice. */
import { expect } from 'vitest'
import type { OperationRecord } from '../../src/shared/model'
import type { Pond } from '../../src/main/pond'
import { byText, codeOr, lookAt } from './compare'
import { happen, type Model, type Operation } from './model'
import { pathOf, ROOT, within, type Tree } from './tree'

/** Restores a path or everything; what the pond staged must lead to what the model knows of that version. */
export async function restore(
  pond: Pond,
  model: Model,
  { back, path }: { readonly back: number; readonly path: string | null },
): Promise<void> {
  const version = Math.max(0, model.versions.length - 1 - back)
  const target = model.versions[version] as Tree
  const before = model.now.tree
  const outcome = await codeOr(async () => (await pond.restore(path, String(version))).staged)
  if (typeof outcome === 'string') {
    // Nothing was there, or something that is not to change is in the way.
    expect(path, `a restore of everything refused with ${outcome}`).not.toBe(null)
    expect(REFUSALS_OF_RESTORE).toContain(outcome)
    return
  }
  const known = new Set(model.pending.map(({ seq }) => seq))
  const changed = new Set(model.pending.map(({ id }) => id))
  const records = (await pond.show(null)).filter(({ seq }) => !known.has(seq))
  expect(records.length).toBe(outcome)
  const after = new Map(before)
  for (const record of records) {
    const operation = restoring(after, target, record)
    happen(after, operation)
    model.staged.push(operation)
  }
  if (records.some(({ nodeId }) => changed.has(nodeId)))
    model.reversible.push({ kind: 'displacement', seqs: new Set(records.map(({ seq }) => seq)) })
  if (path === null) expect(after).toEqual(target)
  else restored(path, { before, target, after })
}

const REFUSALS_OF_RESTORE = [
  'steward.conflict',
  'tinyfs.not-found',
  'tinyfs.not-a-directory',
  'tinyfs.above-root',
  'tinyfs.symlink-loop',
]

/** At the path is what was there; of the rest, only what had to make way or to lead there is not as before. */
function restored(path: string, { before, target, after }: Record<'before' | 'target' | 'after', Tree>): void {
  const then = below(target, path)
  // A link on the way may lead elsewhere now: the path that it was then is the one that counts.
  const place = then?.path ?? path
  const shape = (tree: Tree, ids: readonly string[] = []) =>
    ids.map((id) => [pathOf(tree, id), tree.get(id)?.fileType, tree.get(id)?.value, id]).sort(byText)
  expect(shape(after, below(after, place)?.ids), `${path} after its restore`).toEqual(shape(target, then?.ids))
  // With what its directories took along to where they were: that goes back, or goes.
  const concerned = new Set(
    [then, below(before, path), below(before, place)]
      .flatMap((each) => each?.ids ?? [])
      .flatMap((id) => within(before, id)),
  )
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const leadsThere = !before.has(id) && after.get(id)?.fileType === 'directory'
    if (concerned.has(id) || leadsThere) continue
    expect(after.get(id), `${pathOf(before, id)} after a restore of ${path}`).toEqual(before.get(id))
  }
}

/** The true path of an entry, links on the way followed, and what is at and below it; undefined where nothing is. */
function below(tree: Tree, path: string): { readonly path: string; readonly ids: readonly string[] } | undefined {
  const node = lookAt(tree, path)
  if (typeof node === 'string') return undefined
  return { path: pathOf(tree, node.id), ids: within(tree, node.id).filter((id) => tree.has(id)) }
}

function restoring(now: Tree, target: Tree, { seq, operation, path, nodeId, fileType }: OperationRecord): Operation {
  const node = now.get(nodeId)
  const name = path.slice(path.lastIndexOf('/') + 1)
  const above = path.slice(0, -name.length - 1) || '/'
  const directory = above === '/' ? ROOT : [...now.keys()].find((id) => pathOf(now, id) === above)
  expect(directory, `the directory of ${path}`).toBeDefined()
  const change = operation === 'create' || operation === 'update'
  return {
    seq,
    kind: operation,
    id: nodeId,
    fileType,
    spot: { directory: directory as string, name },
    from: operation === 'rename' ? { directory: node!.directory, name: node!.name } : null,
    // A directory that takes the place of another one is new.
    value: change ? (target.get(nodeId)?.value ?? '') : '',
    base: operation === 'update' ? node!.value : null,
  }
}
