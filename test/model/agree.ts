/** Performs a history on a pond and on the model, and compares all that can be seen of them after every command. */
import { expect } from 'vitest'
import { PondError } from '../../src/shared/errors'
import type { OperationRecord } from '../../src/shared/model'
import type { Choice, Pond, StagingFileSystem } from '../../src/main/pond'
import { placed, type Command, type Random } from './commands'
import { codeOr, lookAt, same, sameTree, sameVersions, shapeOfRecord, shapesOf } from './compare'
import type { Machine } from './machine'
import { Model, type Operation } from './model'
import { restore } from './restored'
import { contentOf, stage, type Change } from './staging'
import { Refused, type Tree } from './tree'

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
      const restored = model.undoable === undefined ? 'steward.nothing-to-undo' : (model.undo() ?? 'steward.conflict')
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
  const refusal = only !== undefined && 'paths' in only ? missing(model, only.paths) : undefined
  if (refusal !== undefined) {
    expect(await codeOr(() => pond.commit(options))).toBe(refusal)
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

/** Why a commit or a discard of paths is refused: nothing is pending at one of them, and nothing there now or in the last version. */
function missing(model: Model, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    if (model.at([path]).size > 0) continue
    const [now, before] = [lookAt(model.now.tree, path), lookAt(model.head, path)]
    const first = typeof now === 'string' && now !== 'tinyfs.above-root' ? before : now
    if (typeof first === 'string') return first === 'tinyfs.above-root' ? first : 'tinyfs.not-found'
  }
  return undefined
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
  const refused = missing(model, paths) ?? (chosen.size === 0 ? 'steward.nothing-pending' : undefined)
  const expected = refused ?? model.discard(chosen) ?? 'steward.conflict'
  expect(await codeOr(async () => (await pond.discard(paths)).discarded)).toBe(expected)
}
