/**
 * Record batches out of Arrow IPC bytes, one at a time: the stream format and the file format, bodies plain or
 * compressed with LZ4 or Zstandard, of either order of bytes. Promises that bytes that are cut, damaged or no Arrow
 * at all end in an `IpcProblem`. Why apache-arrow does not read them here: docs/decisions/0022.
 */
import { Damaged } from './flatbuffer'
import { frameHashes } from './frame-hashes'
import { mustBeBounded, unpackBody } from './ipc-body'
import { columnsOf, Dictionaries, type IpcColumn } from './ipc-columns'
import { openMessages, type IpcBytes, type IpcMessages } from './ipc-messages'
import type { IpcSchema } from './ipc-schema'

export type { IpcBytes }

/** Why bytes are no Arrow data; the caller knows where they come from, and says so. */
export class IpcProblem extends Error {
  override readonly name = 'IpcProblem'
}

export interface IpcBatch {
  readonly rows: number
  readonly columns: readonly IpcColumn[]
}

export interface IpcStream {
  readonly schema: IpcSchema
  /** To be read once. @throws IpcProblem */
  readonly batches: AsyncIterable<IpcBatch>
}

const FEATHER_1_MAGIC = 'FEA1'

/** Bytes that are in memory. */
export function inMemory(bytes: Uint8Array): IpcBytes {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  }
}

/** @throws IpcProblem, also while iterating */
export async function openIpc(bytes: IpcBytes): Promise<IpcStream> {
  const magic = Buffer.from(await bytes.read(0, FEATHER_1_MAGIC.length)).toString('latin1')
  if (magic === FEATHER_1_MAGIC) {
    throw new IpcProblem('it is Feather of version 1, which Arrow has given up; write it as version 2')
  }
  const opened = await openMessages(bytes).catch(refuse)
  return { schema: opened.schema, batches: batchesOf(bytes, opened) }
}

async function* batchesOf(bytes: IpcBytes, { schema, isFile, messages }: IpcMessages): AsyncGenerator<IpcBatch> {
  const dictionaries = new Dictionaries(schema)
  const isLittle = !schema.isBigEndian
  const hashes = await frameHashes()
  try {
    for await (const message of messages) {
      const { batch: head, bodyAt, bodyBytes } = message
      mustBeBounded(bodyBytes)
      const body = unpackBody(head, await bytes.read(bodyAt, bodyBytes), hashes)
      const fields = message.kind === 'batch' ? schema.fields : [dictionaries.fieldOf(message.id)]
      const columns = columnsOf(fields, { head, body, isLittle }, dictionaries)
      if (message.kind === 'batch') yield { rows: head.rows, columns }
      else dictionaries.add(message.id, columns[0]!, { isDelta: message.isDelta, mayReplace: !isFile })
    }
  } catch (error) {
    refuse(error)
  }
}

/** What the bytes' own source throws is somebody else's. */
function refuse(error: unknown): never {
  if (error instanceof Damaged) throw new IpcProblem(error.message, { cause: error })
  throw error
}
