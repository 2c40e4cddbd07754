/** `pond apply`: stages recipes from files of this machine, all of them or none. */
import { quote } from '../../../shared/path'
import type { AppliedRecipe } from '../../../shared/model'
import type { Context, Run } from '../context'
import { visible } from '../display'
import { hostContent } from '../host-content'
import { usage } from '../invocation'
import { showStaged } from '../staged'

/** A recipe has at most 1 MiB; several may stand in a file. */
const MOST_BYTES = 16 << 20

const GLYPHS: Readonly<Record<AppliedRecipe['outcome'], string>> = { created: '+', changed: '~', unchanged: '=' }

export const run: Run = async (context) => {
  const { out, invocation, args } = context
  const vars = Object.fromEntries(invocation.texts('var').map(variable))
  const texts: { readonly name: string; readonly text: string }[] = []
  for (const file of args) texts.push({ name: file === '-' ? 'stdin' : file, text: await textOf(context, file) })
  const pond = await context.writing()
  if (invocation.flag('dryRun')) {
    const { recipes } = await pond.applyRecipes(texts, { vars, dryRun: true })
    return out.show({ recipes, staged: 0, operations: [] }, () => show(context, recipes))
  }
  const { recipes, staged } = await context.staging((options) => pond.applyRecipes(texts, { vars, ...options }))
  if (!out.isJson)
    await show(
      context,
      recipes.filter(({ outcome }) => outcome === 'unchanged'),
    )
  return showStaged(context, staged!, { recipes })
}

async function show({ out }: Context, recipes: readonly AppliedRecipe[]): Promise<void> {
  for (const { path, outcome } of recipes) await out.line(`${GLYPHS[outcome]} ${visible(path)}`)
}

function variable(text: string): readonly [string, string] {
  const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? []
  if (name === undefined) throw usage(`expected --var name=value, found ${JSON.stringify(text)}`)
  return [name, value ?? '']
}

async function textOf(context: Context, file: string): Promise<string> {
  const { io } = context
  if (file === '-' && io.stdinIsTerminal) throw usage('expected recipes on stdin, found none: pipe something in')
  const source = file === '-' ? io.stdin : hostContent(context.hostPath(file.replace(/^host:(\/\/(?=\/))?/, '')))
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw usage(`expected recipes of at most 16 MiB in ${quote(file)}, found more`)
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
