/** `pond explain`: how a computed file is made. */
import { notComputed } from '../../pond'
import type { Run } from '../context'
import { prose, size, visible } from '../display'

export const run: Run = async (context) => {
  const { out, args } = context
  const path = args[0]!
  const pond = await context.reading()
  const at = context.at('pending')
  const { recipe } = await (await pond.moment(at)).entry(path)
  const explanation = await pond.explain(path, at)
  if (explanation === null) throw notComputed(path, recipe?.path)
  const { sql, inputs, key, isInlined, cachedBytes } = explanation
  await out.show({ path, recipe: recipe?.path ?? null, ...explanation }, async () => {
    await out.table(
      [{ title: '' }, { title: '' }],
      [
        ['recipe', recipe === undefined ? '' : visible(recipe.path)],
        ...inputs.map((input, i) => [i === 0 ? 'reads' : '', visible(input)]),
        ['key', key],
        [
          'cached',
          cachedBytes !== null
            ? size(cachedBytes)
            : isInlined
              ? 'no: queries read what it is computed of'
              : 'no: it is made when it is read',
        ],
      ],
    )
    if (sql !== null) await out.line(`\n${prose(sql)}`)
  })
}
