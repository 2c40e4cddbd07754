/**
 * Content as one version of a series: Parquet with a column that says when its rows happened. Looks at the
 * content only; what series it belongs to is for `stage.ts` to say.
 */
import { readEventTimes, readParquetShape } from '../../tables'
import type { Micros } from '../../../shared/model'
import type { Blobs, Content } from './blobs'
import { notASeries, problemOf } from './content-type'
import type { PartFacts } from './series'

/** Content of one version of a series, with what is known of its rows. */
export interface SeriesContent {
  readonly content: Content
  readonly facts: PartFacts
  readonly minEventTime: Micros | null
  readonly maxEventTime: Micros | null
}

/**
 * Finds the event times of content: in the column that is named, else in the first that fits.
 * @throws tlogfs.not-a-series, naming the columns there are
 */
export async function seriesContent(
  blobs: Blobs,
  content: Content,
  { path, column }: { readonly path: string; readonly column?: string | undefined },
): Promise<SeriesContent> {
  if (content.parquet?.problem !== null) throw notASeries(path, problemOf(content))
  const reader = await blobs.openContent(content)
  try {
    const shape = await readParquetShape(reader)
    if ('problem' in shape) throw notASeries(path, shape.problem)
    const times = await readEventTimes(reader, shape, { path, column })
    if ('problem' in times) throw notASeries(path, times.problem, { columns: times.columns })
    const facts = { timestampColumn: times.column, rows: shape.rows }
    return { content, facts, minEventTime: times.min, maxEventTime: times.max }
  } finally {
    await reader.close()
  }
}
