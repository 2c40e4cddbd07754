/** Performs a history on a pond and on the model, and compares all that can be seen of them after every command. */
import { expect } from 'vitest'
import { isPondError, PondError } from '../../src/shared/errors'
import type { OperationRecord } from '../../src/shared/model'
import type { Choice, Pond, StagingFileSystem } from '../../src/main/pond'
import type { PondMoment } from '../../src/main/steward'
import { placed, type Command, type Random } from './commands'
import type { Machine } from './machine'
import { happen, Model, replay, type Happened, type Operation } from './model'
import { contentOf, stage, type Change } from './staging'
import { pathOf, Refused, ROOT, series, Walk, within, type Node, type Tree } from './tree'

/** @throws what first differed, with what was done until then */
export async function agree(machine: Machine, commands: readonly Random[]): Promise<void> {
  const model = new Model()
  const done: string[] = []
  try {
    for (const random of commands) {
      const command = placed(random, model.now.tree)
      done.push(`process ${random.by}: ${JSON.stringify(command)}`)
      await perform(machine, model, { command, by: random.by })
      await same(await machine.pond(random.by === 0 ? 1 : 0), model)
    }
    await sameVersions(await machine.pond(1), model)
    await same(await machine.pond(0), model)
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nafter\n${done.join('\n')}\n`, {
      cause: error,
    })
  }
}

async function perform(
  machine: Machine,
  model: Model,
  { command, by }: { readonly command: Command; readonly by: 0 | 1 },
): Promise<void> {
  if (command.kind === 'reopen') return machine.reopen(by)
  if (command.kind === 'power-loss') return machine.losePower(command.seed)
  const pond = await machine.pond(by)
  switch (command.kind) {
    case 'stage':
      return performStage(pond, model, command)
    case 'commit':
      return commit(pond, model, {})
    case 'commit-first':
      return commit(pond, model, { only: { first: command.count } })
    case 'commit-paths':
      return commit(pond, model, { only: { paths: command.paths } })
    case 'discard-all':
      return discard(pond, model, [])
    case 'discard':
      return discard(pond, model, command.paths)
    case 'undo': {
      const restored = model.discards.length === 0 ? 'steward.nothing-to-undo' : (model.undo() ?? 'steward.conflict')
      expect(await codeOr(async () => (await pond.undo()).restored)).toBe(restored)
      return
    }
    case 'restore':
      return restore(pond, model, command)
    case 'read': {
      const version = Math.max(0, model.versions.length - 1 - command.back)
      return sameTree(pond, String(version), model.versions[version] as Tree)
    }
    case 'verify':
      expect((await pond.verify()).problems).toEqual([])
      return
    case 'rebuild':
      expect((await pond.restoreFromOplog()).nodesRestored).toBe(model.now.tree.size)
      return
    case 'gc':
      await pond.gc({ graceMs: 0 })
      return
    case 'compact':
      await pond.compact()
      return
    case 'checkpoint':
      await pond.checkpoint()
      return
  }
}

async function commit(pond: Pond, model: Model, options: { readonly only?: Choice }): Promise<void> {
  const { only } = options
  const chosen =
    only === undefined
      ? new Set(model.pending.map(({ seq }) => seq))
      : 'first' in only
        ? new Set(model.pending.slice(0, only.first).map(({ seq }) => seq))
        : model.at(only.paths)
  if (only !== undefined && 'paths' in only && only.paths.some((path) => isNothing(model, path))) {
    expect(await codeOr(() => pond.commit(options))).toBe('tinyfs.not-found')
    return
  }
  const committed = model.commit(chosen)
  const outcome = await codeOr(() => pond.commit({ ...options, message: 'm' }))
  if (committed === null) expect(outcome).toBe('steward.conflict')
  else if (committed.length === 0) expect(outcome).toMatchObject({ outcome: 'nothing-to-commit' })
  else {
    const company = only === undefined ? [] : committed.filter(({ operation }) => !chosen.has(operation.seq))
    expect(outcome).toMatchObject({
      outcome: 'committed',
      operationsCommitted: committed.length,
      alsoCommitted: [...new Set(company.map(({ path }) => path))],
    })
  }
}

/** Whether nothing is pending at a path, and nothing there now or in the last version, links on the way followed. */
function isNothing(model: Model, path: string): boolean {
  if (model.at([path]).size > 0) return false
  return [model.now.tree, model.head].every((tree) => {
    try {
      return new Walk(() => tree).to(path, { follow: false }).node === undefined
    } catch (error) {
      if (error instanceof Refused) return true
      throw error
    }
  })
}

/** A stage does all of its changes, or is refused with the model's code and does nothing. */
async function performStage(
  pond: Pond,
  model: Model,
  { changes, commit }: { readonly changes: readonly Change[]; readonly commit: boolean },
): Promise<void> {
  const before = model.now.tree
  const expected = commit ? plannedAlone(model, changes) : planned(before, changes)
  let records: readonly OperationRecord[]
  try {
    const work = async (fs: StagingFileSystem): Promise<void> => {
      for (const change of changes) await make(pond, fs, change)
    }
    const staged = await pond.stage(work, commit ? { commit: { message: 'own' } } : {})
    records = staged.operations
    if (commit && records.length > 0) expect(staged.commit).toMatchObject({ outcome: 'committed' })
  } catch (error) {
    expect(error instanceof PondError ? error.code : error).toBe(expected instanceof Refused ? expected.code : expected)
    return
  }
  if (expected instanceof Refused) throw new Error(`the pond did what the model refuses with ${expected.code}`)
  const ids = new Map(records.map((record, i) => [`new-${i}`, record]))
  const real = (id: string): string => ids.get(id)?.nodeId ?? id
  const operations = expected.map((operation, i): Operation => {
    const { id, spot, from } = operation
    const spotOf = (at: typeof spot): typeof spot => ({ ...at, directory: real(at.directory) })
    return {
      ...operation,
      seq: records[i]?.seq ?? -1,
      id: real(id),
      spot: spotOf(spot),
      from: from === null ? null : spotOf(from),
    }
  })
  expect(records.map(shapeOfRecord)).toEqual(shapesOf(before, operations))
  model.staged.push(...operations)
  if (commit && operations.length > 0) expect(model.commit(new Set(operations.map(({ seq }) => seq)))).not.toBe(null)
}

function planned(tree: Tree, changes: readonly Change[]): Operation[] | Refused {
  try {
    return stage(tree, changes)
  } catch (error) {
    if (error instanceof Refused) return error
    throw error
  }
}

/** As `planned`, where the operations are to be committed at once: refused where what they need would not hold. */
function plannedAlone(model: Model, changes: readonly Change[]): Operation[] | Refused {
  const operations = planned(model.now.tree, changes)
  if (operations instanceof Refused) return operations
  const last = Math.max(0, ...model.staged.map(({ seq }) => seq))
  const trial = new Model(model)
  trial.staged.push(...operations.map((operation) => ({ ...operation, seq: last + 1 + operation.seq })))
  const alone = trial.commit(new Set(trial.staged.slice(model.staged.length).map(({ seq }) => seq)))
  return alone === null ? new Refused('steward.conflict') : operations
}

async function make(pond: Pond, fs: StagingFileSystem, change: Change): Promise<void> {
  switch (change.kind) {
    case 'create':
    case 'write': {
      const writer = await fs[`${change.kind}File`](change.path, { parents: change.parents })
      await writer.write(Buffer.from(contentOf(change.text), 'latin1'))
      await writer.close()
      return
    }
    case 'put': {
      const content = await pond.prepare([Buffer.from(contentOf(change.text), 'latin1')])
      try {
        await fs.put(change.path, content, { replace: true, parents: change.parents })
      } finally {
        await pond.discardPrepared(content)
      }
      return
    }
    case 'append': {
      const content = await pond.prepare([Buffer.from(contentOf(change.text), 'latin1')])
      const facts = { timestampColumn: 'time', rows: 1 }
      try {
        await fs.append(
          change.path,
          { content, facts, minEventTime: null, maxEventTime: null },
          { parents: change.parents },
        )
      } finally {
        await pond.discardPrepared(content)
      }
      return
    }
    case 'mkdir':
      await fs.createDirectory(change.path, { parents: change.parents })
      return
    case 'link':
      await fs.createSymlink(change.path, change.to)
      return
    case 'rename':
      return fs.rename(change.path, change.to)
    case 'remove':
      return fs.remove(change.path, { recursive: change.recursive })
  }
}

async function discard(pond: Pond, model: Model, paths: readonly string[]): Promise<void> {
  const chosen = paths.length === 0 ? new Set(model.pending.map(({ seq }) => seq)) : model.at(paths)
  const expected = chosen.size === 0 ? 'steward.nothing-pending' : (model.discard(chosen) ?? 'steward.conflict')
  expect(await codeOr(async () => (await pond.discard(paths)).discarded)).toBe(expected)
}

/** Which operations a restore takes is its own choice: they must lead where it promises to. */
async function restore(
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
  const records = (await pond.show(null)).filter(({ seq }) => !known.has(seq))
  expect(records.length).toBe(outcome)
  const after = new Map(before)
  for (const record of records) {
    const operation = restoring(after, target, record)
    happen(after, operation)
    model.staged.push(operation)
  }
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
  try {
    const { node } = new Walk(() => tree).to(path, { follow: false })
    if (node === undefined) return undefined
    return { path: pathOf(tree, node.id), ids: within(tree, node.id).filter((id) => tree.has(id)) }
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
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

async function sameVersions(pond: Pond, model: Model): Promise<void> {
  for (const [version, tree] of model.versions.entries()) await sameTree(pond, String(version), tree)
  for (const [i, happened] of model.transactions.entries()) {
    const shown = (await pond.show(i + 1)).map(shapeOfRecord)
    expect(
      shown.map(([, ...shape]) => shape),
      `version ${i + 1}`,
    ).toEqual(happened.map(shapeOf).map(([, ...shape]) => shape))
  }
  expect((await pond.log()).map(({ version, operations }) => [version, operations])).toEqual(
    model.transactions.map((happened, i) => [i + 1, happened.length]).reverse(),
  )
  expect((await pond.verify()).problems).toEqual([])
}

/** What can be seen of a pond without reading all of its past. */
async function same(pond: Pond, model: Model): Promise<void> {
  const { tree, happened, stuck } = model.now
  expect(stuck).toBe(null)
  await sameTree(pond, 'pending', tree)
  expect((await pond.show(null)).map(shapeOfRecord)).toEqual(shapesOf(model.head, model.pending))
  expect(await pond.status()).toMatchObject({
    version: model.versions.length - 1,
    pendingOperations: happened.length,
    totalNodes: tree.size,
    undoable: model.discards.at(-1)?.size ?? 0,
  })
  const { changes } = await pond.diff('head', 'pending')
  expect(changes.map(({ nodeId, change, path, oldPath }) => [nodeId, change, path, oldPath]).sort(byText)).toEqual(
    changesBetween(model.head, tree).sort(byText),
  )
}

async function sameTree(pond: Pond, at: string, tree: Tree): Promise<void> {
  const moment = await pond.moment(at)
  const found: [path: string, id: string, fileType: string, value: string][] = []
  for await (const { path, node } of moment.fs.visit('/')) {
    found.push([path, node.id, node.fileType, await valueAt(moment, path, node.fileType)])
  }
  const expected = [...tree.values()].map((node) => [pathOf(tree, node.id), node.id, node.fileType, node.value])
  expect(found.sort(byText), at).toEqual(expected.sort(byText))
}

async function valueAt(moment: PondMoment, path: string, fileType: string): Promise<string> {
  switch (fileType) {
    case 'directory':
      return ''
    case 'symlink':
      return moment.fs.readLink(path)
    case 'file:series': {
      const parts: string[] = []
      for (const { state } of await moment.seriesParts(path)) {
        const reader = await moment.backend.openState(state)
        parts.push(Buffer.from(await reader.read(0, reader.size)).toString('latin1'))
        await reader.close()
      }
      return series(parts)
    }
    default:
      return Buffer.from(await moment.fs.readAll(path)).toString('latin1')
  }
}

function changesBetween(before: Tree, after: Tree): (string | null)[][] {
  const changes: (string | null)[][] = []
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(id), after.get(id)]
    const path = pathOf(is === undefined ? before : after, id)
    if (was === undefined || is === undefined) changes.push([id, is === undefined ? 'deleted' : 'added', path, null])
    else if (!sameSpot(was, is)) changes.push([id, 'renamed', path, pathOf(before, id)])
    else if (was.value !== is.value) changes.push([id, 'modified', path, null])
  }
  return changes
}

function sameSpot(a: Node, b: Node): boolean {
  return a.directory === b.directory && a.name === b.name
}

function shapeOfRecord({ seq, operation, path, oldPath, nodeId, fileType }: OperationRecord): unknown[] {
  return [seq, operation, path, oldPath, nodeId, fileType]
}

function shapesOf(tree: Tree, operations: readonly Operation[]): unknown[][] {
  return replay(tree, operations).happened.map(shapeOf)
}

function shapeOf({ operation: { seq, kind, id, fileType }, path, oldPath }: Happened): unknown[] {
  return [seq, kind, path, oldPath, id, fileType]
}

async function codeOr<T>(act: () => Promise<T>): Promise<T | string> {
  try {
    return await act()
  } catch (error) {
    if (isPondError(error)) return error.code
    throw error
  }
}

function byText(a: readonly unknown[], b: readonly unknown[]): number {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)]
  return x < y ? -1 : x > y ? 1 : 0
}
