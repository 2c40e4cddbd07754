/** Compares every byte of a data file with the checksums that its log entry has. */
import { isPondError } from '../../../shared/errors'
import type { Storage } from '../../platform'
import { BLOCK_BYTES } from '../log/checksum'
import { missingData } from './data-files'
import { checkSize } from './parquet-read'
import { corrupt } from './parquet-source'
import type { LiveFile } from '../state/state'
import { damagedFrom, findDamage } from './verified-reader'

/** Blocks that are read at once. */
const BLOCKS = 16

/**
 * Returns when the file is whole, or was written by somebody else, who left no checksums.
 * @throws oplog.missing-data, oplog.corrupt-data naming the file
 */
export async function checkFile(storage: Storage, path: string, file: LiveFile, quick: boolean): Promise<void> {
  const reader = await storage.open(path).catch((error: unknown) => {
    throw isPondError(error, 'platform.not-found') ? missingData(file.path, error) : error
  })
  try {
    checkSize(file, reader.sizeBytes)
    if (quick || file.checksums === undefined) return
    for (let block = 0; block < file.checksums.length; block += BLOCKS) {
      const bytes = await reader.read(block * BLOCK_BYTES, BLOCKS * BLOCK_BYTES)
      const damaged = findDamage(bytes, file.checksums.slice(block, block + BLOCKS))
      if (damaged !== undefined) throw corrupt(file, damagedFrom(block * BLOCK_BYTES + damaged))
    }
  } finally {
    await reader.close()
  }
}
