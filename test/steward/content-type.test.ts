import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, type Pond } from '../../src/main/pond'
import type { PutOptions } from '../../src/main/steward/types'

/** A table of event times; noise makes it larger than a row may hold. */
function table(rows: number, name = 'ts'): Uint8Array {
  const times = Array.from({ length: rows }, (_, row) => new Date(row * 1_000))
  const noise = Array.from({ length: rows }, (_, row) => `${Math.sin(row)}`)
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name, data: times, type: 'TIMESTAMP' },
        { name: 'noise', data: noise, type: 'STRING' },
      ],
    }),
  )
}
const text = new TextEncoder().encode('a,b\n1,2\n')

describe('what a file becomes', () => {
  let folder: string
  let pond: Pond
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pond-types-'))
    pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
  })
  afterEach(async () => {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  })

  const put = async (path: string, bytes: Uint8Array, options: PutOptions = {}): Promise<string> => {
    const content = await pond.prepare([bytes])
    try {
      await pond.stage((fs) => fs.put(path, content, options))
    } finally {
      await pond.discardPrepared(content)
    }
    return (await (await pond.moment('pending')).entry(path)).fileType
  }
  const write = async (path: string, bytes: Uint8Array): Promise<string> => {
    await pond.stage(async (fs) => {
      const writer = await fs.writeFile(path)
      await writer.write(bytes)
      await writer.close()
    })
    return (await (await pond.moment('pending')).entry(path)).fileType
  }

  it.each([
    ['inline', 10],
    ['external', 20_000],
  ])('is a table where its content is valid Parquet, unless told otherwise: %s', async (_, rows) => {
    const parquet = table(rows)
    expect(await put('/t', parquet)).toBe('file:table')
    expect(await write('/w', parquet)).toBe('file:table')
    expect(await put('/d', parquet, { fileType: 'file:data' })).toBe('file:data')
    expect(await put('/s', parquet, { fileType: 'file:series' })).toBe('file:series')
    expect(await put('/cut', parquet.slice(0, -1))).toBe('file:data')
    expect(await put('/text', text)).toBe('file:data')
  })

  it('is refused as a table where it is none, naming the path and the reason', async () => {
    const asked = { fileType: 'file:table' } as const
    for (const [bytes, reason] of [
      [text, 'it does not begin as Parquet does'],
      [new Uint8Array(0), 'it is empty'],
      [table(20_000).slice(0, -5), 'it does not end as Parquet does: it was cut'],
    ] as const) {
      await expect(put('/new', bytes, asked)).rejects.toMatchObject({
        code: 'tlogfs.not-a-table',
        detail: { path: '/new', reason },
      })
    }
    expect(await pond.status()).toMatchObject({ pendingOperations: 0 })
  })

  it('keeps its type through updates, and refuses content that does not fit it unless another type is asked for', async () => {
    await put('/t', table(10))
    expect(await put('/t', table(11), { replace: true })).toBe('file:table')
    await expect(put('/t', text, { replace: true })).rejects.toMatchObject({ code: 'tlogfs.not-a-table' })
    await expect(write('/t', text)).rejects.toMatchObject({ code: 'tlogfs.not-a-table', detail: { path: '/t' } })
    expect(await put('/t', text, { replace: true, fileType: 'file:data' })).toBe('file:data')
    expect(await put('/t', table(12), { replace: true })).toBe('file:data')
    expect(await put('/t', table(12), { replace: true, fileType: 'file:table' })).toBe('file:table')
  })

  it('keeps its type through rename, commit, removal and restore', async () => {
    await put('/t', table(10))
    await put('/s', table(10), { fileType: 'file:series' })
    await pond.commit({ message: '1' })
    await pond.stage((fs) => fs.rename('/t', '/u'))
    await pond.stage((fs) => fs.remove('/s'))
    await pond.commit({ message: '2' })
    await pond.restore(null, '1')
    const types = async (at: string) =>
      (await (await pond.moment(at)).list('/', false)).map(({ name, fileType }) => `${name} ${fileType}`)
    expect(await types('pending')).toEqual(['s file:series', 't file:table'])
    expect(await types('head')).toEqual(['u file:table'])
  })

  it('starts a series over where its content is replaced, and goes back with all that it had', async () => {
    const series = { replace: true, fileType: 'file:series' } as const
    await put('/s', table(10), series)
    const parts = async (at: string) => (await (await pond.moment(at)).seriesParts('/s')).map(({ rows }) => rows)
    const content = await pond.prepare([table(5)])
    await pond.stage(async (fs) => {
      await fs.append('/s', { content, facts: { timestampColumn: 'ts', rows: 5 }, minEventTime: 0, maxEventTime: 1 })
    })
    await pond.commit({ message: '1' })
    await put('/s', table(3), { replace: true })
    expect(await parts('pending')).toEqual([3])
    await pond.restore('/s', '1')
    expect(await parts('pending')).toEqual([10, 5])
    await expect(put('/s', text, { replace: true })).rejects.toMatchObject({ code: 'tlogfs.not-a-series' })
    await expect(put('/s', table(3, 'when'), { replace: true })).rejects.toMatchObject({
      code: 'tlogfs.not-a-series',
      detail: { path: '/s', columns: ['when', 'noise'] },
    })
  })
})
