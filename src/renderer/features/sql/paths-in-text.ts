/** Which files of the pond a piece of SQL names, as far as its quotes tell. */

/** Absolute paths in single quotes, each once, without globs; nearest to the end first. */
export function pathsIn(sql: string, most: number): readonly string[] {
  const found = new Set<string>()
  for (const [, quoted] of sql.matchAll(/'(\/(?:[^'\n]|'')*)'/g)) {
    const path = (quoted as string).replaceAll("''", "'")
    if (/[*?[{]/.test(path)) continue
    found.delete(path)
    found.add(path)
  }
  return [...found].reverse().slice(0, most)
}
