/** Bytes of a file, as the query layer reads them wherever it is. */
import type { TableBytes } from '../../query'

/** As plain fields: that is how it reaches another process. */
export function plainBytes(reader: TableBytes): TableBytes {
  return {
    size: reader.size,
    read: (offset, length) => reader.read(offset, length),
    close: () => reader.close(),
  }
}
