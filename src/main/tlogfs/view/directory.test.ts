import buffer from 'node:buffer'
import { syncBuiltinESMExports } from 'node:module'
import {
  Field,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import { FILE_TYPES } from '../../../shared/model'
import type { OplogRow } from '../../oplog'
import { Pace } from '../../platform'
import { decodeEntries, encodeEntries, type EntryChange } from './directory'
import { foldNames } from './directory-record'
import { ROOT_ID } from '../content/operation'

const corrupt = expect.objectContaining({ code: 'tlogfs.corrupt-directory' })

const change: fc.Arbitrary<EntryChange> = fc.record({
  name: fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).filter((text) => text.isWellFormed()),
  childNodeId: fc.uuid(),
  operation: fc.constantFrom('insert', 'update', 'delete'),
  nodeType: fc.constantFrom(...FILE_TYPES),
})
const changes = fc.oneof(fc.array(change), fc.array(change.map((each) => ({ ...each, name: each.childNodeId }))))
const mode = fc.constantFrom('full' as const, 'delta' as const)

describe('the content of a directory', () => {
  it('is read back as it was written, whatever the names', () => {
    fc.assert(
      fc.property(changes, mode, (entries, how) => {
        expect(decodeEntries(encodeEntries(entries, how))).toEqual({ mode: how, entries })
      }),
      { numRuns: runs(300) },
    )
  })

  it('is a table to any Arrow reader, with the mode beside the schema', () => {
    fc.assert(
      fc.property(changes, mode, (entries, how) => {
        const table = tableFromIPC(encodeEntries(entries, how))
        expect(table.schema.metadata.get('pond.entries')).toBe(how)
        expect(table.schema.fields.map((field) => `${field.name} ${field.type.toString()}`)).toEqual([
          'name Utf8',
          'child_node_id Utf8',
          'operation Utf8',
          'node_type Utf8',
        ])
        expect(table.toArray().map((row) => row?.toJSON())).toEqual(
          entries.map(({ name, childNodeId, operation, nodeType }) => ({
            name,
            child_node_id: childNodeId,
            operation,
            node_type: nodeType,
          })),
        )
      }),
    )
  })

  it('is readable with columns that are not known yet, in another order and in several batches', () => {
    const written = (name: string) =>
      columns(
        { later: ['x'], node_type: ['symlink'], operation: ['insert'], child_node_id: ['id'], name: [name] },
        'full',
      )
    const [first, second] = [written('a'), written('é')]
    const both = new Table(first.schema, [...first.batches, ...second.batches])
    expect(decodeEntries(tableToIPC(both, 'stream')).entries).toEqual([
      { name: 'a', childNodeId: 'id', operation: 'insert', nodeType: 'symlink' },
      { name: 'é', childNodeId: 'id', operation: 'insert', nodeType: 'symlink' },
    ])
  })

  it('is refused where a column, the mode or a known word is missing', () => {
    const whole = { name: ['a'], child_node_id: ['id'], operation: ['insert'], node_type: ['directory'] }
    expect(decodeEntries(tableToIPC(columns(whole, 'delta'), 'stream')).mode).toBe('delta')
    const { node_type: _, ...short } = whole
    for (const [content, how] of [
      [short, 'full'],
      [whole, 'other'],
      [whole, undefined],
      [{ ...whole, operation: ['upsert'] }, 'full'],
      [{ ...whole, node_type: ['socket'] }, 'full'],
      [{ ...whole, name: [null] }, 'full'],
    ] as const) {
      expect(() => decodeEntries(tableToIPC(columns(content, how), 'stream'))).toThrow(corrupt)
    }
  })

  it('is refused where it was cut, and names the directory', () => {
    const bytes = encodeEntries([{ name: 'a', childNodeId: 'b', operation: 'insert', nodeType: 'directory' }], 'full')
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeEntries(bytes.subarray(0, length), 'the-id')).toThrow(corrupt)
    }
    expect(() => decodeEntries(bytes.subarray(0, 20), 'the-id')).toThrow(/the-id/)
  })
})

it('is not called damaged for a fault of the program that reads it', () => {
  const bytes = encodeEntries([{ name: 'a', childNodeId: 'b', operation: 'insert', nodeType: 'directory' }], 'full')
  const isAscii = vi.spyOn(buffer, 'isAscii').mockImplementation(() => {
    throw new TypeError('isAscii is not a function')
  })
  syncBuiltinESMExports()
  try {
    expect(() => decodeEntries(bytes)).toThrow(TypeError)
  } finally {
    isAscii.mockRestore()
    syncBuiltinESMExports()
  }
  expect(decodeEntries(bytes).entries).toHaveLength(1)
})

/** A table of text columns as another program might write it. */
function columns(content: Readonly<Record<string, readonly (string | null)[]>>, how: string | undefined): Table {
  const names = Object.keys(content)
  const vectors = names.map((name) => vectorFromArray(content[name]!, new Utf8()))
  const fields = names.map((name) => new Field(name, new Utf8(), true))
  const schema = new Schema(fields, new Map(how === undefined ? [] : [['pond.entries', how]]))
  const length = vectors[0]!.length
  const data = makeData({
    type: new Struct(fields),
    length,
    nullCount: 0,
    children: vectors.map((vector) => vector.data[0]!),
  })
  return new Table([new RecordBatch(schema, data)])
}

it('lets others run while the names of a large directory are put together', async () => {
  const entries = Array.from({ length: 20_000 }, (_, i): EntryChange => {
    return { name: `f${i}`, childNodeId: `n${i}`, operation: 'insert', nodeType: 'file:data' }
  })
  // Every look at the clock costs a millisecond, and so eight of them a rest.
  let time = 0
  let rests = 0
  const clock = { now: () => time, elapsed: () => (time += 1_000), sleep: async () => void rests++ }
  const rows = [{ ...ROW, content: encodeEntries(entries, 'full') }]
  const state = await foldNames(ROOT_ID, rows, { from: null, pace: new Pace(clock) })
  expect(state?.size).toBe(20_000)
  expect(state?.exact('f777')?.node.id).toBe('n777')
  expect(rests).toBeGreaterThanOrEqual(2)
})

const ROW: OplogRow = {
  partId: ROOT_ID,
  nodeId: ROOT_ID,
  fileType: 'directory',
  timestamp: 1,
  version: 1,
  content: null,
  sha256: null,
  size: null,
  minEventTime: null,
  maxEventTime: null,
  extendedAttributes: null,
  txnSeq: 1,
  operation: 'entries',
  name: '',
  path: '/',
}
