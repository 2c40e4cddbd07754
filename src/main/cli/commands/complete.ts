/**
 * `pond complete`: what the last word can become, a line each. Shells call it at every press of a key,
 * so it fails silently: no candidates are better than a message in the middle of a line.
 */
import { candidates } from '../candidates'
import { wantedOf } from '../completing'
import { Context, type Run } from '../context'
import { Invocation } from '../invocation'
import { typedLine } from '../script'

export const run: Run = async (context) => {
  const { invocation } = context
  const line = invocation.text('line')
  if (line === undefined) return show(context, await candidatesFor(context, context.args))
  const { words, typed, isQuoted } = typedLine(line)
  // What a shell takes for the word may begin later than the word does.
  const breaks = isQuoted ? '' : (invocation.text('breaks') ?? '')
  const begins = Math.max(-1, ...[...typed].flatMap((char, i) => (breaks.includes(char) ? [i] : []))) + 1
  const found = await candidatesFor(context, [...words.slice(1), typed])
  return show(
    context,
    found.map((word) => (isQuoted ? word.slice(begins) : escaped(word.slice(begins)))),
  )
}

/** Paths are those of the pond that the words name. */
async function candidatesFor({ io, out }: Context, words: readonly string[]): Promise<readonly string[]> {
  const wanted = wantedOf(words)
  const own = new Context(io, out, new Invocation('complete', [], 0, { pond: wanted.pond }))
  try {
    return await candidates(own, wanted)
  } finally {
    await own.close()
  }
}

async function show({ out }: Context, found: readonly string[]): Promise<void> {
  await out.show({ candidates: found }, () => (found.length === 0 ? undefined : out.lines(found)))
}

/** As one would have to type it outside quotes. */
function escaped(word: string): string {
  return word.replaceAll(/[\s"'`$&|;<>()*?[\]{}!#\\~]/g, (char) => `\\${char}`)
}
