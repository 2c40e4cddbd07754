import { describe, expect, it } from 'vitest'
import { OplogTable } from '../../src/main/oplog/table'
import { wantedContents } from '../../src/main/oplog/testing/contents'
import { FOLDER, Ledger, read, row } from '../../src/main/oplog/testing/ledger'
import { countReads } from '../../src/main/oplog/testing/storage'

describe('a large merged file', () => {
  it('gives a few of its rows without reading the rest of it', async () => {
    const ledger = await Ledger.create()
    const part = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`
    for (let commit = 0; commit < 12; commit++) {
      const numbers = Array.from({ length: 600 }, (_, index) => (index * 7 + commit) % 500)
      await ledger.commit(
        numbers.map((number, index) => {
          const content = ledger.world.random.bytes(300)
          return row({ partId: part(number), nodeId: part(index), version: 1000 * commit + index, content, size: 300 })
        }),
      )
    }
    expect(await ledger.compact()).toEqual({ filesBefore: 12, filesAfter: 1, rows: 7200 })
    await ledger.reopen()
    const [file] = (await ledger.table.snapshot()).files
    expect(file!.size).toBeGreaterThan(2_000_000)
    for (const partId of [part(0), part(77), part(499), part(500)]) {
      const counted = countReads(ledger.storage)
      const table = await OplogTable.open(counted.storage, FOLDER, ledger.world)
      const opening = counted.bytes()
      const found = await read(await table.snapshot(), { partId, content: true })
      expect(found).toEqual(ledger.expected((each) => each.partId === partId))
      expect(counted.bytes() - opening).toBeLessThan(file!.size / 3)
      const once = counted.bytes()
      expect(await read(await table.snapshot(), { partId, content: true })).toEqual(found)
      expect(counted.bytes()).toBe(once)
    }
    const snapshot = await ledger.table.snapshot()
    expect(await read(snapshot)).toEqual(ledger.expected())
    expect(await wantedContents(snapshot)).toEqual(7200)
  })

  it('keeps contents of the largest size apart', async () => {
    const ledger = await Ledger.create()
    for (let version = 1; version <= 12; version++) {
      const contents = [ledger.world.random.bytes(65_536), ledger.world.random.bytes(65_536), null, new Uint8Array(0)]
      await ledger.commit(
        contents.map((content, index) =>
          row({ version: 10 * version + index, content, size: content?.length ?? null }),
        ),
      )
    }
    expect(await ledger.compact()).toMatchObject({ filesAfter: 1 })
    await ledger.reopen()
    const snapshot = await ledger.table.snapshot()
    expect(await read(snapshot)).toEqual(ledger.expected())
    expect(await wantedContents(snapshot)).toEqual(48)
  })
})

describe('a commit', () => {
  it('of much data makes files of bounded size whose parts are found without reading the rest', async () => {
    const ledger = await Ledger.create()
    const parts = Array.from(
      { length: 450 },
      (_, index) => `01900000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    )
    const result = await ledger.commit(
      parts
        .toReversed()
        .map((partId, version) => row({ partId, version, content: ledger.world.random.bytes(60_000), size: 60_000 })),
    )
    expect(result).toMatchObject({ outcome: 'committed', files: 2 })
    await ledger.reopen()
    const snapshot = await ledger.table.snapshot()
    for (const file of snapshot.files) expect(file.size).toBeLessThan(32 * 1024 * 1024)
    for (const partId of [parts[0]!, parts[225]!, parts[449]!]) {
      const counted = countReads(ledger.storage)
      const table = await OplogTable.open(counted.storage, FOLDER, ledger.world)
      const found = await read(await table.snapshot(), { partId, content: true })
      expect(found).toEqual(ledger.expected((each) => each.partId === partId))
      expect(counted.bytes()).toBeLessThan(2 * 1024 * 1024)
    }
  })
})
