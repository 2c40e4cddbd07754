/**
 * Reads docs/promises.md: a promise is an item of a list, and each item below it names a test as
 * `` `file` title ``. Knows nothing of what is promised.
 */

export interface TestName {
  readonly file: string
  readonly title: string
}

export interface Promised {
  readonly text: string
  readonly line: number
  readonly tests: readonly TestName[]
}

/** Promises in their order; a list item that is not understood throws with its line. */
export function readChecklist(markdown: string): Promised[] {
  const promises: { text: string; line: number; tests: TestName[] }[] = []
  for (const [index, line] of markdown.split('\n').entries()) {
    const test = /^ {2}- `([^`]+)` (.+)$/.exec(line)
    const last = promises.at(-1)
    if (line.startsWith('- ')) promises.push({ text: line.slice(2), line: index + 1, tests: [] })
    else if (test !== null && last !== undefined) last.tests.push({ file: test[1]!, title: test[2]! })
    else if (/^\s+- /.test(line)) throw new Error(`line ${index + 1} names no test: ${line}`)
    else if (/^ {2}\S/.test(line) && last !== undefined && last.tests.length === 0) last.text += ` ${line.trim()}`
    else if (/^\s/.test(line)) throw new Error(`line ${index + 1} belongs to nothing: ${line}`)
  }
  return promises
}

/** The titles of the tests in a source text; what a template inserts is any text. */
export function testTitles(source: string): RegExp[] {
  const text = String.raw`\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|\`((?:[^\`\\]|\\.)*)\`)`
  // A call of it or test, or of what it.each(...) gave back.
  const calls = new RegExp(String.raw`(?:\b(?:it|test)(?:\.\w+)*|\))${text}`, 'g')
  return [...source.matchAll(calls)].map(([, single, double, template]) => {
    const title = (single ?? double ?? template ?? '').replace(/\\(['"`\\])/g, '$1')
    const parts = template === undefined ? [title] : title.split(/\$\{[^}]*\}/)
    return new RegExp(`^${parts.map(escapeRegExp).join('.*')}$`, 's')
  })
}

export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
