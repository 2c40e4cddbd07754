/**
 * Random histories against a plain map: whatever is staged, committed, discarded, undone, restored and
 * reopened, every moment of the pond reads as the model says. `POND_MODEL_COMMANDS` sets how many
 * commands are run in all; a failure prints the seed and the shortest history.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { Steward } from '../../src/main/steward'
import { readTree, type Tree, type TreeEntry } from '../../src/main/tinyfs/testing/tree'

const COMMANDS = Number(process.env['POND_MODEL_COMMANDS'] ?? 1_500)
const PER_RUN = 40

const NAMES = ['a', 'b', 'c', 'd-é'] as const
const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)

type Change =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'mkdir' | 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'link'; readonly path: string; readonly to: string }

type Command =
  | Change
  | { readonly kind: 'commit' | 'discard' | 'undo' | 'reopen' | 'verify' | 'compact' }
  | { readonly kind: 'restore' | 'read'; readonly version: number; readonly path: string | null }

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), path, text: fc.string({ maxLength: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('mkdir' as const, 'remove' as const), path }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('rename' as const, 'link' as const), path, to: path }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('commit' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'discard' as const,
        'undo' as const,
        'reopen' as const,
        'verify' as const,
        'compact' as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('restore' as const, 'read' as const),
      version: fc.nat(20),
      path: fc.option(path, { nil: null, freq: 2 }),
    }),
  },
)

/** What a pond is, without any of its machinery. */
class Model {
  versions: Map<string, TreeEntry>[] = [new Map()]
  pending = new Map<string, TreeEntry>()
  /** What discards took, newest last; void once something else was staged. */
  discarded: Map<string, TreeEntry>[] = []

  within(path: string): string[] {
    return [...this.pending.keys()].filter((key) => key === path || key.startsWith(`${path}/`))
  }
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const sorted = (tree: Tree): [string, TreeEntry][] =>
  [...tree].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

describe('a pond and a plain map', () => {
  it(`agree after every command (${COMMANDS} of them)`, { timeout: 3_600_000 }, async () => {
    await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: PER_RUN }), agree), {
      numRuns: Math.ceil(COMMANDS / (PER_RUN / 2)),
      ...(process.env['POND_MODEL_SEED'] ? { seed: Number(process.env['POND_MODEL_SEED']) } : {}),
    })
  })
})

async function agree(commands: readonly Command[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pond-model-'))
  const world = () => nodeWorld({ storage: nodeStorage(folder) })
  let pond = await Steward.create(world(), {})
  const model = new Model()
  try {
    for (const next of commands) {
      if (next.kind === 'reopen') {
        await pond.close()
        pond = await Steward.open(world(), {})
      } else await step(pond, model, next)
      expect(sorted(await readTree((await pond.moment('pending')).fs))).toEqual(sorted(model.pending))
    }
    for (const [version, tree] of model.versions.entries()) {
      expect(sorted(await readTree((await pond.moment(String(version))).fs))).toEqual(sorted(tree))
    }
    expect((await pond.verify({})).problems).toEqual([])
    expect((await pond.status()).totalNodes).toBe(model.pending.size)
  } finally {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function step(pond: Steward, model: Model, command: Command): Promise<void> {
  switch (command.kind) {
    case 'write':
    case 'mkdir':
    case 'remove':
    case 'rename':
    case 'link':
      return change(pond, model, command)
    case 'commit': {
      const before = (await pond.status()).pendingOperations
      const outcome = await pond.commit({ message: 'm' })
      expect(outcome.outcome).toBe(before === 0 ? 'nothing-to-commit' : 'committed')
      if (before === 0) return
      model.versions.push(new Map(model.pending))
      model.discarded = []
      return
    }
    case 'discard': {
      const before = (await pond.status()).pendingOperations
      if (before === 0) {
        await expect(pond.discard([])).rejects.toMatchObject({ code: 'steward.nothing-pending' })
        return
      }
      await pond.discard([])
      model.discarded.push(model.pending)
      model.pending = new Map(model.versions.at(-1))
      return
    }
    case 'undo': {
      if ((await pond.status()).pendingOperations > 0 || model.discarded.length === 0) return
      await pond.undo()
      model.pending = model.discarded.pop() as Map<string, TreeEntry>
      return
    }
    case 'restore': {
      const version = command.version % model.versions.length
      const target = model.versions[version] as Map<string, TreeEntry>
      if (command.path === null) {
        await pond.restore(null, String(version))
        model.pending = new Map(target)
        return
      }
      // One path: afterwards it reads as it did, whatever else its directories needed.
      const there = [...target].filter(([key]) => key === command.path || key.startsWith(`${command.path}/`))
      try {
        await pond.restore(command.path, String(version))
      } catch (error) {
        if (!isPondError(error)) throw error
        return
      }
      const now = await readTree((await pond.moment('pending')).fs)
      expect(
        sorted(new Map([...now].filter(([key]) => key === command.path || key.startsWith(`${command.path}/`)))),
      ).toEqual(sorted(new Map(there)))
      model.pending = new Map(now)
      return
    }
    case 'read': {
      const version = command.version % model.versions.length
      const tree = model.versions[version] as Map<string, TreeEntry>
      expect(sorted(await readTree((await pond.moment(String(version))).fs))).toEqual(sorted(tree))
      return
    }
    case 'verify':
      expect((await pond.verify({})).problems).toEqual([])
      return
    case 'compact':
      await pond.compact()
      return
    case 'reopen':
      return
  }
}

/** A change that the rules refuse must be refused with a code and leave no trace; others do what they say. */
async function change(pond: Steward, model: Model, command: Change): Promise<void> {
  const before = (await pond.status()).pendingOperations
  try {
    await pond.stage(async (fs) => {
      if (command.kind === 'write') {
        const writer = await fs.writeFile(command.path)
        await writer.write(encode(command.text))
        await writer.close()
      } else if (command.kind === 'mkdir') await fs.createDirectory(command.path, { parents: true })
      else if (command.kind === 'remove') await fs.remove(command.path, { recursive: true })
      else if (command.kind === 'rename') await fs.rename(command.path, command.to)
      else if (command.kind === 'link') await fs.createSymlink(command.path, command.to)
    })
  } catch (error) {
    if (!isPondError(error)) throw error
    expect((await pond.status()).pendingOperations).toBe(before)
    return
  }
  await apply(pond, model, command)
}

/** Links make places ambiguous for a plain map: where one is on the way, what tinyfs did is believed and checked for a trace only. */
async function apply(pond: Steward, model: Model, command: Change): Promise<void> {
  const throughLink = (path: string): boolean => {
    const names = path.split('/').slice(1)
    return names.some((_, i) => model.pending.get(`/${names.slice(0, i + 1).join('/')}`)?.kind === 'symlink')
  }
  const paths = command.kind === 'rename' ? [command.path, command.to] : [command.path]
  if (
    paths.some((each) => throughLink(each.slice(0, each.lastIndexOf('/')))) ||
    (command.kind !== 'remove' && command.kind !== 'rename' && throughLink(command.path))
  ) {
    model.pending = new Map(await readTree((await pond.moment('pending')).fs))
    return
  }
  switch (command.kind) {
    case 'write':
      model.pending.set(command.path, { kind: 'file', bytes: encode(command.text) })
      return
    case 'mkdir':
      for (let end = command.path.indexOf('/', 1); ; end = command.path.indexOf('/', end + 1)) {
        const directory = end < 0 ? command.path : command.path.slice(0, end)
        if (!model.pending.has(directory)) model.pending.set(directory, { kind: 'directory' })
        if (end < 0) return
      }
    case 'remove':
      for (const key of model.within(command.path)) model.pending.delete(key)
      return
    case 'rename':
      for (const key of model.within(command.path)) {
        const entry = model.pending.get(key) as TreeEntry
        model.pending.delete(key)
        model.pending.set(command.to + key.slice(command.path.length), entry)
      }
      return
    case 'link':
      model.pending.set(command.path, { kind: 'symlink', target: command.to })
      return
  }
}
