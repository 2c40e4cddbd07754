/** `pond recipes`: every recipe with what it makes, or the kinds of recipes that there are. */
import type { RecipeField, RecipeProblem, RecipeState } from '../../../shared/model'
import type { Context, Run } from '../context'
import { oneLine, size, visible } from '../display'

const STATES: Readonly<Record<RecipeState['state'], string>> = {
  failing: 'failing',
  made: 'made',
  inlined: 'in queries',
  'not-made': 'when read',
}

export const run: Run = async (context) => {
  if (context.invocation.flag('factories')) return showFactories(context)
  const pond = await context.reading()
  const recipes = await pond.recipes(context.at('pending'), context.signal)
  await context.out.show(recipes, () => showRecipes(context, recipes))
}

async function showRecipes({ out }: Context, recipes: readonly RecipeState[]): Promise<void> {
  if (recipes.length === 0) return out.note('no recipes: one is a file NAME.recipe.yaml beside what it makes')
  await out.table(
    [
      { title: 'output' },
      { title: 'factory' },
      { title: 'made' },
      { title: 'cached', align: 'right' },
      { title: 'of' },
    ],
    recipes.map(({ output, factory, state, cachedBytes, inputs }) => [
      visible(output),
      factory ?? '',
      STATES[state],
      cachedBytes === 0 ? '' : size(cachedBytes),
      inputs.map(visible).join(' '),
    ]),
  )
  for (const { path, problem } of recipes)
    if (problem !== null) await out.line(`${visible(path)}${placeOf(problem)}: ${oneLine(problem.message)}`)
}

/** As editors and compilers write it. */
function placeOf({ line, column }: RecipeProblem): string {
  if (line === null) return ''
  return column === null ? `:${line}` : `:${line}:${column}`
}

async function showFactories({ out }: Context): Promise<void> {
  const { recipeSchema } = await import('../../pond')
  const factories = recipeSchema()
  await out.show(factories, async () => {
    for (const [index, { name, words, fields }] of factories.entries()) {
      if (index > 0) await out.line('')
      await out.line(`${out.bold(name)}  ${words}`)
      await out.table([{ title: '' }, { title: '' }, { title: '' }], [...lines(fields, '  ')])
    }
  })
}

function* lines(fields: readonly RecipeField[], indent: string): Generator<string[]> {
  for (const field of fields) {
    const given = field.isRequired ? 'required' : (field.default ?? '')
    yield [`${indent}${field.name}`, given, field.words]
    yield* lines(field.fields, `${indent}  `)
  }
}
