import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PondError } from '../../shared/errors'
import { scriptCommands, splitWords, typedLine } from './script'

const utf8 = new TextEncoder()
/** The commands of a script that arrives in chunks of these sizes. */
async function commandsOf(text: string, chunkSize = 1_000) {
  const bytes = utf8.encode(text)
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkSize) }, (_, i) =>
    bytes.slice(i * chunkSize, (i + 1) * chunkSize),
  )
  const commands = []
  const stream = (async function* () {
    yield* chunks
  })()
  for await (const command of scriptCommands(stream)) commands.push(command)
  return commands
}
const words = async (text: string) =>
  (await commandsOf(text)).map(({ parsed }) => (parsed instanceof PondError ? parsed.code : parsed.words))

/** Text that a shell's quoting can carry. */
const argument = fc.string({ unit: fc.constantFrom(...`ab ü'"\\$\`#<>|;&*?\n\t`), maxLength: 12 })
const quotings = [
  (text: string) => `'${text.replaceAll("'", `'\\''`)}'`,
  (text: string) => `"${text.replaceAll(/["\\$`]/g, '\\$&')}"`,
] as const

describe('the words of a command', () => {
  it('are those that a shell finds', () => {
    const lines = fc.array(fc.tuple(argument, fc.constantFrom(...quotings)), { minLength: 1, maxLength: 5 })
    const seen: { line: string; args: string[] }[] = []
    fc.assert(
      fc.property(lines, (parts) => {
        const line = parts.map(([text, quote]) => quote(text)).join(' ')
        const args = parts.map(([text]) => text)
        const split = splitWords(line)
        expect(split).toMatchObject({ words: args, redirection: null })
        seen.push({ line, args })
      }),
      { numRuns: 200 },
    )
    // One shell for all of them, as the second opinion.
    const script = seen.map(({ line }) => `printf '%s\\0' ${line}; printf '\\n\\0'`).join('\n')
    const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8', maxBuffer: 1 << 26 })
    expect(stdout).toBe(seen.map(({ args }) => args.map((arg) => `${arg}\0`).join('') + '\n\0').join(''))
  })

  it('may be escaped one character at a time, and joined of several quotations', () => {
    expect(splitWords(`a\\ b c'd'"e"\\'`)).toMatchObject({ words: ['a b', "cde'"] })
    expect(splitWords(`'' ""`)).toMatchObject({ words: ['', ''] })
  })

  it.each(['ls | head', 'ls; ls', 'ls &', 'ls > x', 'ls > x < y', 'cat <', 'cat < a < b'])(
    'are refused where only a shell could do it: %s',
    async (line) => expect(await words(line)).toEqual(['cli.usage']),
  )

  it.each(['touch /$HOME', 'touch "/$HOME"', 'touch /${x}', 'ls $(pwd)', 'ls "$(pwd)"', 'ls `pwd`', 'ls "`pwd`"'])(
    'are refused where a shell would replace them: %s',
    async (line) => expect(await words(line)).toEqual(['cli.usage']),
  )

  it('keep a $ that is quoted, escaped or alone', async () => {
    expect(await words(String.raw`ls '/$HOME' "\$x" \$y $ "$.a"`)).toEqual([['ls', '/$HOME', '$x', '$y', '$', '$.a']])
    expect(await words("ls '`'")).toEqual([['ls', '`']])
  })
})

describe('a script', () => {
  it('is the same whatever chunks it comes in', async () => {
    const text = `# first\nmkdir '/ü' # made\n\n  query "SELECT 1,\n  2" \\\n --pending\nwrite /x <<END\na 'b\nEND\nls\r\n`
    const whole = await commandsOf(text)
    expect(whole).toMatchObject([
      { line: 2, parsed: { words: ['mkdir', '/ü'], input: { kind: 'none' } } },
      { line: 4, parsed: { words: ['query', 'SELECT 1,\n  2', '--pending'] } },
      { line: 7, parsed: { words: ['write', '/x'], input: { kind: 'text', text: "a 'b\n" } } },
      { line: 10, parsed: { words: ['ls'] } },
    ])
    for (const size of [1, 2, 3, 7]) expect(await commandsOf(text, size)).toEqual(whole)
  })

  it('goes on after a line that is wrong', async () => {
    expect(await words('ls | x\nls')).toEqual(['cli.usage', ['ls']])
  })

  it.each([`ls '/a`, 'ls \\', 'write /x <<END\nnever ended'])('that ends too early is refused: %s', async (text) => {
    expect(await words(text)).toEqual(['cli.usage'])
  })

  it('that is not text, or has a line without end, is refused', async () => {
    const bytes = (async function* () {
      yield Uint8Array.of(0x6c, 0xff, 0xfe)
    })()
    await expect(scriptCommands(bytes).next()).rejects.toMatchObject({ code: 'cli.usage' })
    await expect(commandsOf('x'.repeat(100_000))).rejects.toMatchObject({ code: 'cli.usage' })
    expect(await words(`write /x <<E\n${'y'.repeat(60_000)}\n`.repeat(1) + `E\n`)).toEqual([['write', '/x']])
  })
})

describe('a line that is being typed', () => {
  it.each([
    ['pond cat ', { words: ['pond', 'cat'], typed: '', isQuoted: false }],
    ['pond cat /we', { words: ['pond', 'cat'], typed: '/we', isQuoted: false }],
    ['pond cat /a\\ b', { words: ['pond', 'cat'], typed: '/a b', isQuoted: false }],
    ['pond cat "/a b', { words: ['pond', 'cat'], typed: '/a b', isQuoted: true }],
    ['pond --pond $DIR cat /we', { words: ['pond', '--pond', '$DIR', 'cat'], typed: '/we', isQuoted: false }],
    [`pond cat '/a b`, { words: ['pond', 'cat'], typed: '/a b', isQuoted: true }],
  ] as const)('%j is read as far as it goes', (line, typed) => {
    expect(typedLine(line)).toEqual(typed)
  })
})
