/** How entries look: names, or a long line each. */
import type { Entry } from '../../shared/model'
import type { Context } from './context'
import { clockTime, GLYPHS, isoTime, size, visible } from './display'
import type { Cell } from './output'

/** @param wholePaths where entries are not all of one directory */
export async function printEntries(
  { out, invocation }: Context,
  entries: readonly Entry[],
  wholePaths: boolean,
): Promise<void> {
  if (invocation.flag('long')) {
    const title = (text: string, align: 'left' | 'right' = 'left') => ({ title: text, align })
    const columns = [
      title(''),
      title('type'),
      title('size', 'right'),
      title('modified'),
      title('v', 'right'),
      title('name'),
    ]
    await out.table(
      columns,
      entries.map((entry) => longRow(entry, wholePaths)),
    )
    return
  }
  const isMarked = out.isTerminal && entries.some(({ change }) => change !== null)
  await out.lines(
    entries.flatMap((entry) => {
      const name = label(entry, wholePaths)
      if (entry.change !== null && isMarked) return out.change(entry.change, name)
      // A program that reads names wants those that are there.
      if (entry.change === 'deleted') return []
      return isMarked ? `  ${name}` : name
    }),
  )
}

function longRow(entry: Entry, wholePath: boolean): Cell[] {
  const { change, fileType, size: bytes, modifiedAt, nodeVersion, target, pendingBelow } = entry
  const arrow = target === null ? '' : ` -> ${target}`
  const below = pendingBelow > 0 ? ` (${pendingBelow} pending)` : ''
  return [
    { text: change === null ? '' : GLYPHS[change], plain: change ?? '', ...(change === null ? {} : { change }) },
    fileType,
    { text: bytes === null ? '' : size(bytes), plain: bytes === null ? '' : String(bytes) },
    { text: clockTime(modifiedAt), plain: isoTime(modifiedAt) },
    String(nodeVersion),
    {
      text: label(entry, wholePath) + arrow + below,
      plain: label(entry, wholePath) + arrow,
      ...(change === null ? {} : { change }),
    },
  ]
}

function label({ name, path, fileType }: Entry, wholePath: boolean): string {
  return visible(wholePath ? path : name) + (fileType === 'directory' && path !== '/' ? '/' : '')
}
