/**
 * Damage that looks like absence: files that are empty, full of zeros, or cut where a part of them ends. Nothing
 * of that may pass for a file that never had more in it.
 */
import { describe, expect, it, vi } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import { SimStorage } from '../../src/main/platform/sim'
import { History } from '../../src/main/steward/read/history'
import { TestPond } from '../steward/test-pond'

/** Nothing reads what is in it. */
const LOCK = 'pending/lock'

async function pondOfEverything(): Promise<{
  readonly pond: TestPond
  readonly tree: ReadonlyMap<string, string>
}> {
  const pond = await TestPond.create(new SimStorage())
  for (let version = 1; version <= 12; version++) {
    await pond.put(`/d/f${version}`, `small ${version}`)
    if (version === 2) await pond.put('/large', new Uint8Array(200_000).fill(7))
    if (version === 3) await pond.engine.stage((fs) => fs.createSymlink('/link', 'd/f1'))
    await pond.commit()
    if (version === 8) await pond.engine.checkpoint()
  }
  await pond.steward.maintenance.settled()
  await pond.engine.setConfig('author', 'ada')
  await pond.put('/pending', 'p')
  await pond.put('/pending large', new Uint8Array(150_000).fill(9))
  return { pond, tree: await treeOf(pond) }
}

async function treeOf({ engine }: TestPond): Promise<Map<string, string>> {
  const { fs } = await engine.moment('pending')
  const tree = new Map<string, string>()
  for await (const { path, node } of fs.visit('/')) {
    if (node.fileType === 'directory') tree.set(path, 'directory')
    else if (node.fileType === 'symlink') tree.set(path, await fs.readLink(path))
    else tree.set(path, Buffer.from(await fs.readAll(path)).toString('base64'))
  }
  return tree
}

async function filesOf(storage: SimStorage, folder = ''): Promise<string[]> {
  const files: string[] = []
  for (const { name, kind } of await storage.list(folder)) {
    const path = folder === '' ? name : `${folder}/${name}`
    if (kind === 'folder') files.push(...(await filesOf(storage, path)))
    else files.push(path)
  }
  return files
}

/** The first and the last: of log entries and data files there are many. */
function someOfEachKind(files: readonly string[]): string[] {
  const kinds = new Map<string, string[]>()
  for (const file of [...files].sort()) {
    const kind = file.replaceAll(/[0-9a-f-]{8,}/g, '#').replaceAll(/\/[0-9a-f]{2}\//g, '/')
    kinds.set(kind, [...(kinds.get(kind) ?? []), file])
  }
  return [...kinds.values()].flatMap((of) => (of.length < 3 ? of : [of[0]!, of.at(-1)!]))
}

const WAYS: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  empty: () => new Uint8Array(),
  'full of zeros': (bytes) => new Uint8Array(bytes.length),
  'zeros where it begins': (bytes) => bytes.slice().fill(0, 0, Math.min(12, bytes.length)),
  'cut to one block': (bytes) => bytes.slice(0, Math.min(4_096, Math.floor(bytes.length / 2))),
  'cut after a line': (bytes) => bytes.slice(0, bytes.indexOf(10) + 1),
  'without its last byte': (bytes) => bytes.slice(0, -1),
}

async function put(storage: SimStorage, path: string, bytes: Uint8Array): Promise<void> {
  await storage.remove(path)
  const file = await storage.create(path)
  await file.write(bytes)
  await file.close()
}

describe('damage that looks like absence', () => {
  it('is named by a verification or refused on opening, for every kind of file and every way', async () => {
    const { pond, tree } = await pondOfEverything()
    const files = someOfEachKind((await filesOf(pond.storage)).filter((file) => file !== LOCK))
    expect(files.filter((file) => file.endsWith('.checkpoint.parquet')).length).toBeGreaterThan(0)
    const unnoticed: string[] = []
    for (const file of files) {
      for (const [way, damage] of Object.entries(WAYS)) {
        const storage = pond.storage.afterCrash('nothing-lost')
        const bytes = await storage.readFile(file)
        const damaged = damage(bytes)
        if (Buffer.compare(bytes, damaged) === 0) continue
        // A person may have written it so.
        if (file === 'config.json' && way === 'without its last byte') continue
        await put(storage, file, damaged)
        const context = `${file} ${way}`
        const opened = await pond.another(storage).catch((error: unknown) => error)
        if (!(opened instanceof TestPond)) {
          expect({ context, coded: isPondError(opened) }).toEqual({ context, coded: true })
          continue
        }
        const named = async (quick: boolean): Promise<boolean> =>
          opened.engine.verify({ quick }).then(
            ({ problems, notes }) =>
              problems.some((each) => each.file === file) ||
              // The end of a journal may be a change that a crash cut short.
              (file === 'pending/journal' && notes.some((each) => each.file === file)),
            (error: unknown) => isPondError(error),
          )
        if (!(await named(false))) unnoticed.push(context)
        if (way === 'empty' && !(await named(true))) unnoticed.push(`${context}, quick`)
        // What can be read at all is what was written.
        const read = await treeOf(opened).catch((error: unknown) => error)
        if (read instanceof Map && file !== 'pending/journal')
          expect({ context, read }).toEqual({ context, read: tree })
        else if (!(read instanceof Map)) expect({ context, coded: isPondError(read) }).toEqual({ context, coded: true })
        await opened.engine.close()
      }
    }
    expect(unnoticed).toEqual([])
  }, 120_000)

  it('of a version that says another number of nodes than its rows make is named', async () => {
    const { pond } = await pondOfEverything()
    expect((await pond.engine.verify({})).problems).toEqual([])
    // As a version would be that was counted from a wrong one.
    const wrong = vi.spyOn(History.prototype, 'transaction').mockImplementation(async function (
      this: History,
      snapshot,
      version,
    ) {
      return { ...(await this.range(snapshot, version - 1, version))[0]!, totalNodes: 1_000 }
    })
    await pond.put('/one more', 'x')
    await pond.commit()
    wrong.mockRestore()
    const fresh = await pond.another()
    const { problems } = await fresh.engine.verify({})
    expect(problems).toMatchObject([
      { kind: 'oplog.corrupt-data', message: expect.stringContaining('1003 nodes') as string },
    ])
    expect((await fresh.engine.verify({ quick: true })).problems).toHaveLength(1)
  })
})
