import { describe, expect, it } from 'vitest'
import { isPondError } from '../../shared/errors'
import type { StorageReader } from '../platform'
import { parseCommit } from './log/action'
import { readFooter } from './data/parquet-read'

/** A reader that fails as given. */
const failingWith = (error: Error): StorageReader => ({
  sizeBytes: 1_000,
  read: () => Promise.reject(error),
  close: () => Promise.resolve(),
})
const FILE = { path: 'part-0.parquet', size: 1_000, partitionValues: {} }

describe('a failure that is no damage', () => {
  it('of a reader is not told as a damaged file', async () => {
    const bug = new TypeError('undefined is not a function')
    await expect(readFooter(FILE, failingWith(bug))).rejects.toBe(bug)
  })

  it('in reading a log entry is not told as a damaged log', () => {
    // Bytes that are none are a mistake of whoever calls.
    const bytes = 'no bytes at all' as unknown as Uint8Array
    let thrown: unknown
    try {
      parseCommit(1, bytes, 'x.json')
    } catch (error) {
      thrown = error
    }
    expect(isPondError(thrown)).toBe(false)
  })
})

describe('bytes that are not what was written', () => {
  it.each([
    ['no UTF-8', new Uint8Array([0xff, 0xfe])],
    ['no JSON', new TextEncoder().encode('{"add":')],
    ['no object', new TextEncoder().encode('[1]')],
    ['nothing', new Uint8Array(0)],
    ['an add without a path', new TextEncoder().encode('{"add":{}}')],
  ])('are damage of the log that names its file: %s', (_, bytes) => {
    expect(() => parseCommit(0, bytes, 'x.json')).toThrow(
      expect.objectContaining({ code: 'oplog.corrupt-log' }) as Error,
    )
  })

  it('are damage of the data file', async () => {
    const zeros: StorageReader = {
      sizeBytes: 1_000,
      read: (_, length) => Promise.resolve(new Uint8Array(Math.min(length, 1_000))),
      close: () => Promise.resolve(),
    }
    await expect(readFooter(FILE, zeros)).rejects.toMatchObject({
      code: 'oplog.corrupt-data',
      detail: { file: FILE.path },
    })
    const short: StorageReader = { ...zeros, read: () => Promise.resolve(new Uint8Array(3)) }
    await expect(readFooter(FILE, short)).rejects.toMatchObject({ code: 'oplog.corrupt-data' })
  })
})
