/** Breaks JSON into lines without parsing it, so that no number loses digits. */
export function indent(json: string): string {
  let out = ''
  let depth = 0
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g)) {
    if (token === '}' || token === ']') {
      depth--
      out = /[[{]$/.test(out) ? out + token : `${out}\n${'  '.repeat(Math.max(0, depth))}${token}`
      continue
    }
    if (/[[{]$/.test(out)) out += `\n${'  '.repeat(depth)}`
    if (token === ',') out += `,\n${'  '.repeat(Math.max(0, depth))}`
    else if (token === ':') out += ': '
    else out += token
    if (token === '{' || token === '[') depth++
  }
  return out === '' ? json : out
}
