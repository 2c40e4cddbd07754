import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { proposedPath, recipeText } from './recipe-of'

it.each([
  "SELECT * FROM '/a.csv'",
  'SELECT 1 AS one;\n',
  "WITH t AS (\n  SELECT 'a: b # c' AS x\n)\n\nSELECT * FROM t",
  '  SELECT "odd ""name""" FROM \'/x\'',
])('a query is in the recipe as it was written: %j', (sql) => {
  const recipe = parse(recipeText(sql)) as { recipe: string; query: string }
  expect(recipe.recipe).toBe('sql')
  expect(recipe.query).toBe(sql.trim().replace(/;$/, ''))
})

it('what looks like a template is not filled in', () => {
  const { query } = parse(recipeText("SELECT '{{ x }}' AS t")) as { query: string }
  expect(query).toBe("{% raw %}SELECT '{{ x }}' AS t{% endraw %}")
})

it('is proposed beside the first file that is read, called by the tab if that has a name of its own', () => {
  expect(proposedPath("SELECT * FROM '/weather/daily.csv' JOIN '/b.csv'", 'Query 1')).toBe('/weather/daily-query')
  expect(proposedPath("SELECT * FROM '/weather/daily.csv'", 'Warm days!')).toBe('/weather/warm-days')
  expect(proposedPath('SELECT 1', 'Query 12')).toBe('/result')
})
