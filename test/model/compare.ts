/** What can be seen of a pond, against what the model says. */
import { expect } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import type { OperationRecord } from '../../src/shared/model'
import type { Pond } from '../../src/main/pond'
import type { Moment } from '../../src/main/steward'
import { replay, type Happened, type Model, type Operation } from './model'
import { pathOf, Refused, series, Walk, type Node, type Tree } from './tree'

/** What is at a path, links on the way followed; a code where that is nothing. */
export function lookAt(tree: Tree, path: string): Node | string {
  try {
    return new Walk(() => tree).to(path, { follow: false }).node ?? 'tinyfs.not-found'
  } catch (error) {
    if (error instanceof Refused) return error.code
    throw error
  }
}

export async function sameVersions(pond: Pond, model: Model): Promise<void> {
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
export async function same(pond: Pond, model: Model): Promise<void> {
  const { tree, happened, stuck } = model.now
  expect(stuck).toBe(null)
  await sameTree(pond, 'pending', tree)
  expect((await pond.show(null)).map(shapeOfRecord)).toEqual(shapesOf(model.head, model.pending))
  expect(await pond.status()).toMatchObject({
    version: model.versions.length - 1,
    pendingOperations: happened.length,
    totalNodes: tree.size,
    undoable: model.undoable?.seqs.size ?? 0,
  })
  const { changes } = await pond.diff('head', 'pending')
  expect(changes.map(({ nodeId, change, path, oldPath }) => [nodeId, change, path, oldPath]).sort(byText)).toEqual(
    changesBetween(model.head, tree).sort(byText),
  )
}

export async function sameTree(pond: Pond, at: string, tree: Tree): Promise<void> {
  const moment = await pond.moment(at)
  const found: [path: string, id: string, fileType: string, value: string][] = []
  for await (const { path, node } of moment.fs.visit('/')) {
    found.push([path, node.id, node.fileType, await valueAt(moment, path, node.fileType)])
  }
  const expected = [...tree.values()].map((node) => [pathOf(tree, node.id), node.id, node.fileType, node.value])
  expect(found.sort(byText), at).toEqual(expected.sort(byText))
}

async function valueAt(moment: Moment, path: string, fileType: string): Promise<string> {
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
    const former = was === undefined ? null : pathOf(before, id)
    if (was === undefined || is === undefined) changes.push([id, is === undefined ? 'deleted' : 'added', path, null])
    else if (!sameSpot(was, is)) changes.push([id, 'renamed', path, former])
    else if (was.value !== is.value) changes.push([id, 'modified', path, former === path ? null : former])
  }
  return changes
}

function sameSpot(a: Node, b: Node): boolean {
  return a.directory === b.directory && a.name === b.name
}

export function shapeOfRecord({ seq, operation, path, oldPath, nodeId, fileType }: OperationRecord): unknown[] {
  return [seq, operation, path, oldPath, nodeId, fileType]
}

export function shapesOf(tree: Tree, operations: readonly Operation[]): unknown[][] {
  return replay(tree, operations).happened.map(shapeOf)
}

function shapeOf({ operation: { seq, kind, id, fileType }, path, oldPath }: Happened): unknown[] {
  return [seq, kind, path, oldPath, id, fileType]
}

export async function codeOr<T>(act: () => Promise<T>): Promise<T | string> {
  try {
    return await act()
  } catch (error) {
    if (isPondError(error)) return error.code
    throw error
  }
}

export function byText(a: readonly unknown[], b: readonly unknown[]): number {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)]
  return x < y ? -1 : x > y ? 1 : 0
}
