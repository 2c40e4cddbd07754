import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isPondError, createPond, type Entry, type Files, type Pond } from './index'

let folder: string
let pond: Pond

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-files-'))
  pond = await createPond(join(folder, 'pond'), { user: 'tester' })
})
afterEach(async () => {
  await pond.close()
  await rm(folder, { recursive: true, force: true })
})

/** Every call of `Files`, and what each answers, without ids and times. */
async function everyCall(files: Files): Promise<unknown[]> {
  const entry = ({ path, fileType, size, target, mediaType, change, pendingBelow }: Entry) => [
    path,
    fileType,
    size,
    target,
    mediaType,
    change,
    pendingBelow,
  ]
  const readable = async (path: string): Promise<string> => Buffer.from(await files.readFile(path)).toString()
  const refused = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => 'done',
      (error: unknown) => (isPondError(error) ? error.code : error),
    )
  const said: unknown[] = []
  said.push(entry(await files.createDirectory('a/b', { parents: true })))
  said.push(
    entry(await files.createFile('a/b/one.txt', 'one')),
    entry(await files.writeFile('a/two.csv', 'n;m\n1;2\n')),
  )
  said.push(entry(await files.updateFile('a/two.csv', 'n;m\n3;4\n')), await readable('a/two.csv'))
  said.push(entry(await files.setReading('a/two.csv', { delimiter: ';' })))
  said.push(entry(await files.createSymlink('link', 'a/b/one.txt')), await files.readSymlink('link'))
  said.push(entry(await files.rename('a/b/one.txt', 'a/b/1.csv')), entry(await files.getMetadata('a/b/1.csv')))
  said.push(await files.exists('link'), await files.exists('a/b/1.csv'))
  said.push((await files.listDirectory('a')).map(entry), (await files.listDirectory()).map(entry))
  const below = await files.workingDirectory('a/b')
  said.push(below.path, Buffer.from(await below.readFile('1.csv')).toString(), (await below.listDirectory()).map(entry))
  const opened = await files.openFile('a/two.csv')
  said.push(opened.size, Buffer.from(await opened.read(0, 3)).toString())
  await opened.close()
  for (const call of [
    () => files.createFile('a/two.csv', 'x'),
    () => files.updateFile('nowhere', 'x'),
    () => files.readFile('../../out'),
    () => files.delete('a'),
    () => below.createDirectory('../c'),
    () => files.getMetadata('a', { at: 'nonsense' }),
  ])
    said.push(await refused(call()))
  await files.delete('a', { recursive: true })
  said.push(await files.exists('a'), await files.exists('a', { at: 'head' }))
  return said
}

describe('a pond, a working directory and a stage', () => {
  it('have the same calls, which answer the same', async () => {
    const inPond = await everyCall(pond)
    await pond.discard()
    const { result: inStage } = await pond.stage(everyCall)
    await pond.discard()
    expect(inStage).toEqual(inPond)

    await pond.createDirectory('/d')
    await pond.commit('d')
    const moved = JSON.parse(JSON.stringify(inPond).replaceAll(/"\/(a|link)/g, '"/d/$1')) as unknown
    expect(await everyCall(await pond.workingDirectory('/d'))).toEqual(moved)
    await pond.discard()
    const { result } = await pond.stage(async (staging) => everyCall(await staging.workingDirectory('/d')))
    expect(result).toEqual(moved)
  })

  it('a stage reads what it did so far, and a moment that it names without that', async () => {
    await pond.createFile('/a', 'committed')
    await pond.commit('a')
    const { result, operations } = await pond.stage(async (staging) => {
      await staging.writeFile('/a', 'staged')
      const read = async (at?: string) =>
        Buffer.from(await staging.readFile('/a', at === undefined ? {} : { at })).toString()
      return [await read(), await read('head'), await read('pending')]
    })
    expect(result).toEqual(['staged', 'committed', 'committed'])
    expect(operations).toHaveLength(1)
  })
})
