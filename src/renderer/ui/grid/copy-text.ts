/**
 * A rectangle of cells as text to paste elsewhere. Cells come as text with null for NULL, and as JSON
 * where the format keeps types.
 */

export const COPY_FORMATS = ['tsv', 'tsv-header', 'csv', 'json', 'markdown'] as const
export type CopyFormat = (typeof COPY_FORMATS)[number]

export interface CopiedRow {
  readonly texts: readonly (string | null)[]
  /** The same as JSON values; only read for `json`. */
  readonly jsons: readonly string[]
}

export function copyText(format: CopyFormat, names: readonly string[], rows: readonly CopiedRow[]): string {
  switch (format) {
    case 'tsv':
      return rows.map((row) => tsvLine(row.texts)).join('\n')
    case 'tsv-header':
      return [names, ...rows.map((row) => row.texts)].map(tsvLine).join('\n')
    case 'csv':
      return [names, ...rows.map((row) => row.texts)].map((cells) => cells.map(csvCell).join(',')).join('\r\n') + '\r\n'
    case 'json':
      return `[\n${rows
        .map(
          (row) =>
            `  {${unique(names)
              .map((name, i) => `${JSON.stringify(name)}: ${row.jsons[i]}`)
              .join(', ')}}`,
        )
        .join(',\n')}\n]\n`
    case 'markdown':
      return [names.map(markdownCell), names.map(() => '---'), ...rows.map((row) => row.texts.map(markdownCell))]
        .map((cells) => `| ${cells.join(' | ')} |\n`)
        .join('')
  }
}

/** As spreadsheets paste it: NULL is an empty cell; a cell with a tab, a line end or a quote is quoted. */
function tsvLine(cells: readonly (string | null)[]): string {
  return cells.map((cell) => (cell === null ? '' : /["\t\r\n]/.test(cell) ? quoted(cell) : cell)).join('\t')
}

/** RFC 4180. NULL is nothing at all, an empty text is `""`, so that they stay apart. */
function csvCell(cell: string | null): string {
  if (cell === null) return ''
  return cell === '' || /[",\r\n]/.test(cell) ? quoted(cell) : cell
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

function markdownCell(cell: string | null): string {
  if (cell === null) return ''
  return cell
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replace(/\r\n|\r|\n/g, '<br>')
}

/** JSON objects cannot have a name twice: later ones get a number. */
function unique(names: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let free = name
    for (let n = 2; taken.has(free); n++) free = `${name}_${n}`
    taken.add(free)
    return free
  })
}
