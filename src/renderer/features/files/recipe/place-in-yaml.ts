/**
 * Where in a recipe a cursor stands, told by indentation and braces up to it: enough for suggestions while the text is
 * being written and is no YAML yet.
 */

export interface YamlPlace {
  /** Keys around it, the outermost first; items of lists count as what holds the list. */
  readonly above: readonly string[]
  /** The key whose value is being written; null where a key, or an item of a list, is. */
  readonly key: string | null
  /** What is written of it, and where that begins. */
  readonly typed: string
  readonly from: number
  /** Keys that stand beside it already. */
  readonly beside: readonly string[]
}

const LINE = /^( *)((?:- +)*)(?:(?:"([^"]+)"|'([^']+)'|([^\s#'"{}[\],:-][^#:]*?)) *:(?=\s|$)(.*))?/

interface Line {
  readonly indent: number
  readonly keyIndent: number
  readonly key: string | null
  readonly value: string
}

function lineOf(text: string): Line {
  const [, spaces = '', dashes = '', double, single, plain, value = ''] = LINE.exec(text) ?? []
  const key = double ?? single ?? plain ?? null
  return { indent: spaces.length, keyIndent: spaces.length + dashes.length, key, value: value.trim() }
}

/** Null where nothing can be suggested: in comments, and in texts of several lines. */
export function placeIn(text: string, position: number): YamlPlace | null {
  const lines = text.split('\n')
  let start = 0
  let at = 0
  while (at < lines.length - 1 && start + lines[at]!.length < position) start += lines[at++]!.length + 1
  const before = lines[at]!.slice(0, position - start)
  if (/(^|\s)#/.test(before)) return null
  const dash = /^( *)((?:- +)*)/.exec(before)!
  const indent = dash[0].length
  const { above, isText, beside } = around(lines, at, { indent, isItem: dash[2] !== '', dashAt: dash[1]!.length })
  if (isText) return null
  const flow = inFlow(before.slice(indent))
  return {
    above: [...above, ...flow.above],
    key: flow.key,
    typed: flow.typed,
    from: position - flow.typed.length,
    beside: flow.above.length === 0 && !flow.isInside ? beside : flow.beside,
  }
}

interface Around {
  readonly above: readonly string[]
  readonly isText: boolean
  readonly beside: readonly string[]
}

function around(
  lines: readonly string[],
  at: number,
  { indent, isItem, dashAt }: { readonly indent: number; readonly isItem: boolean; readonly dashAt: number },
): Around {
  const above: string[] = []
  const beside: string[] = []
  // What a key above has to be indented by less than; an item may stand right below its key.
  let limit = isItem ? dashAt + 1 : indent
  let isOwn = !isItem
  for (let i = at - 1; i >= 0; i--) {
    const text = lines[i]!
    if (text.trim() === '' || /^ *#/.test(text)) continue
    const { indent: outer, keyIndent, key, value } = lineOf(text)
    if (isOwn && keyIndent === indent && key !== null) beside.push(key)
    if (keyIndent > outer && keyIndent <= limit && outer < limit) {
      // The first line of the item that holds it.
      if (keyIndent < limit && key !== null) above.unshift(key)
      limit = outer + 1
      isOwn = false
      continue
    }
    if (key === null || keyIndent >= limit) {
      if (outer < limit) isOwn = false
      continue
    }
    if (/^[|>]/.test(value)) return { above, isText: true, beside }
    above.unshift(key)
    limit = keyIndent
    isOwn = false
    if (limit === 0) break
  }
  if (!isItem) {
    for (let i = at + 1; i < lines.length; i++) {
      const text = lines[i]!
      if (text.trim() === '') continue
      const { keyIndent, key, indent: outer } = lineOf(text)
      if (keyIndent < indent || outer < indent) break
      if (keyIndent === indent && key !== null) beside.push(key)
    }
  }
  return { above, isText: false, beside }
}

interface Flow {
  readonly above: readonly string[]
  readonly key: string | null
  readonly typed: string
  readonly isInside: boolean
  readonly beside: readonly string[]
}

/** The rest of a line up to the cursor, with its braces. */
function inFlow(rest: string): Flow {
  const open: { key: string | null; keys: string[]; isList: boolean }[] = []
  let key: string | null = null
  let item = 0
  let quote = ''
  const keys: string[] = []
  for (let i = 0; i < rest.length; i++) {
    const char = rest[i]!
    if (quote !== '') {
      if (char === quote) quote = ''
      continue
    }
    const isAtStart = rest.slice(item, i).trim() === ''
    if ((char === '"' || char === "'") && isAtStart) quote = char
    else if ((char === '{' || char === '[') && isAtStart) {
      open.push({ key, keys: [], isList: char === '[' })
      key = null
      item = i + 1
    } else if ((char === '}' || char === ']') && open.length > 0) {
      key = open.pop()!.key
      item = i + 1
    } else if (char === ',' && open.length > 0) {
      key = null
      item = i + 1
    } else if (char === ':' && key === null && /\s|^$/.test(rest[i + 1] ?? '')) {
      key = rest
        .slice(item, i)
        .trim()
        .replaceAll(/^["']|["']$/g, '')
      ;(open.at(-1)?.keys ?? keys).push(key)
      item = i + 1
    }
  }
  const typed = rest.slice(item).trimStart()
  const last = open.at(-1)
  // An item of a list of plain values is a value of the list's key.
  const isItem = last?.isList === true && key === null
  const holders = open.flatMap((each) => (each.key === null ? [] : [each.key]))
  return {
    above: isItem && last.key !== null ? holders.slice(0, -1) : holders,
    key: isItem ? last.key : key,
    typed,
    isInside: open.length > 0,
    beside: last?.keys ?? [],
  }
}
