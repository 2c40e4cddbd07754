/** Recipes in the window: made of a result, edited beside a preview, committed, seen in the past and as pipelines. */
import type { Page } from '@playwright/test'
import { expect, shoot, test, treeItem, violationsOf, type Workplace } from './support'

const editor = (page: Page) => page.getByRole('textbox', { name: /^Text of/ })
const rows = (page: Page) => page.getByRole('region', { name: 'Rows' }).locator('tbody tr')

/** Version 1 has one reading, version 2 has two. */
async function readings(page: Page, place: Workplace, recipes: Readonly<Record<string, string>> = {}): Promise<void> {
  await place.make('recipes', async (pond) => {
    await pond.writeFile('/readings.csv', 'day,t\n1,12\n')
    await pond.commit('one reading')
    await pond.writeFile('/readings.csv', 'day,t\n1,12\n2,8\n')
    for (const [path, text] of Object.entries(recipes)) await pond.writeFile(path, text)
    await pond.commit('two readings')
  })
  const { url } = await place.serve('recipes')
  await page.goto(url)
}

async function goTo(page: Page, version: number): Promise<void> {
  await page.getByRole('slider', { name: 'Version' }).focus()
  await page.keyboard.press('Home')
  for (let i = 0; i < version; i++) await page.keyboard.press('ArrowRight')
  await expect(page.getByText(`You are looking at version ${version} of`)).toBeVisible()
}

async function cleanInBothThemes(page: Page, place: Workplace, view: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violationsOf(page, place), `${view}, ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

test('a result becomes a recipe in one click: pending, committed, and another answer in the past', async ({
  page,
  place,
}) => {
  await readings(page, place)
  await page.getByRole('tab', { name: 'SQL' }).click()
  await page.getByRole('textbox', { name: 'SQL editor' }).focus()
  await page.keyboard.insertText("SELECT count(*) AS n, max(t) AS warmest FROM '/readings.csv'")
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('button', { name: 'Make this a recipe' }).click()
  const path = page.getByRole('textbox', { name: /^Path of what it makes/ })
  await expect(path).toHaveValue('/readings-query')
  await path.fill('/warmest')
  await page.getByRole('button', { name: 'Make the recipe' }).click()

  await expect(editor(page)).toContainText('recipe: sql')
  await expect(rows(page)).toHaveText([/^\s*2\s*12\s*$/])
  await expect(treeItem(page, /^warmest\.recipe\.yaml, added/)).toBeVisible()
  const computed = treeItem(page, /^warmest, computed by warmest\.recipe\.yaml/)
  await expect(computed).toBeVisible()
  await shoot(page, 'recipe-editor')
  await cleanInBothThemes(page, place, 'editor and preview')

  // What is computed is opened as any table is, leads to its recipe, and cannot be written to.
  await computed.click()
  const grid = page.getByRole('grid', { name: 'Result' })
  await expect(grid.getByRole('gridcell').first()).toHaveText('2')
  await computed.click({ button: 'right' })
  await expect(page.getByRole('menuitem', { name: /^Delete/ })).toBeDisabled()
  await expect(page.getByRole('menuitem', { name: /^Rename/ })).toHaveAttribute('title', /warmest\.recipe\.yaml/)
  await page.getByRole('menuitem', { name: 'Go to recipe' }).click()
  await expect(editor(page)).toContainText('recipe: sql')

  await page.getByRole('button', { name: 'Commit', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Commit' })
  await dialog.getByRole('textbox', { name: 'Message' }).fill('Keep the warmest day')
  await dialog.getByRole('button', { name: 'Commit changes' }).click()
  await expect(dialog).toBeHidden()
  await expect(treeItem(page, /^warmest\.recipe\.yaml$/)).toBeVisible()

  await goTo(page, 2)
  await expect(treeItem(page, /^warmest/)).toHaveCount(0)
  expect(await place.pond('recipes', 'query', "SELECT n FROM '/warmest'", '--csv').catch(String)).toContain('2')
})

test('a recipe that was made is taken back by its toast', async ({ page, place }) => {
  await readings(page, place)
  await page.getByRole('tab', { name: 'Pipelines' }).click()
  await expect(page.getByText('A recipe is a file that says what its neighbour is computed of')).toBeVisible()
  await cleanInBothThemes(page, place, 'no pipelines')
  await shoot(page, 'pipelines-empty')
  await page.getByRole('button', { name: 'Make one from an example' }).click()
  await page.getByRole('button', { name: 'Make the recipe' }).click()
  await expect(rows(page)).toHaveCount(100)
  await expect(treeItem(page, /^tide, computed by/)).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(treeItem(page, /^tide/)).toHaveCount(0)
})

test('the editor suggests fields, words and paths, says what is wrong where, and previews what is typed', async ({
  page,
  place,
}) => {
  await readings(page, place, { '/warm.recipe.yaml': 'recipe: sql\nquery: SELECT * FROM r WHERE t > 10\n' })
  await treeItem(page, /^warm\.recipe\.yaml/).click()
  // The recipe reads what is not there: that is said before anybody edits.
  await expect(page.getByRole('list', { name: 'Problems' })).toContainText('r')
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await editor(page).click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('inp')
  const offer = page.getByRole('option', { name: /^inputs/ })
  await expect(offer).toBeVisible()
  await expect(page.getByText('names for the query, each of an input')).toBeVisible()
  await offer.click()
  await page.keyboard.press('Enter')
  await page.keyboard.type('r: /rea')
  await expect(page.getByRole('option', { name: '/readings.csv' })).toBeVisible()
  await shoot(page, 'recipe-completion')
  await page.getByRole('option', { name: '/readings.csv' }).click()
  await expect(editor(page)).toContainText('r: /readings.csv')
  await expect(rows(page)).toHaveText([/^\s*1\s*12\s*$/])
  await expect(page.getByRole('list', { name: 'Problems' })).toHaveCount(0)

  await page.keyboard.press('Enter')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.type('qeury: x')
  await page.keyboard.press('Escape')
  const problems = page.getByRole('list', { name: 'Problems' })
  await expect(problems).toContainText('did you mean query?')
  await shoot(page, 'recipe-problem')
  await cleanInBothThemes(page, place, 'problem')
  await editor(page).press('ControlOrMeta+Home')
  await problems.getByRole('button', { name: /^Line 5, column 1$/ }).click()
  await page.keyboard.press('Shift+End')
  await page.keyboard.press('Delete')
  await expect(rows(page)).toHaveCount(1)

  await page.getByRole('button', { name: /^Save as pending/ }).click()
  await expect(treeItem(page, /^warm\.recipe\.yaml, modified/)).toBeVisible()
  await goTo(page, 2)
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeDisabled()
  await expect(page.getByRole('region', { name: 'Preview' })).toContainText('version 2')
  await expect(problems).toBeVisible()
})

test('pipelines show what reads what and what fails; a failing entry leads to the line', async ({ page, place }) => {
  await readings(page, place, {
    '/warm.recipe.yaml': "recipe: sql\nquery: SELECT * FROM '/readings.csv' WHERE t > 10\n",
    '/report.md.recipe.yaml':
      'recipe: text\ntemplate: "{{ data.d | length }} warm"\ndata: { d: "SELECT * FROM \'/warm\'" }\n',
    '/wrong.recipe.yaml': 'recipe: sql\nqeury: SELECT 1\n',
  })
  await page.getByRole('tab', { name: 'Pipelines' }).click()
  const graph = page.getByRole('group', { name: 'Graph of recipes and what they read' })
  await expect(graph.getByRole('button', { name: '/readings.csv', exact: true })).toBeVisible()
  await expect(graph.getByRole('button', { name: '/warm, sql, live, reads /readings.csv' })).toBeVisible()
  await expect(graph.getByRole('button', { name: '/report.md, text, never made, reads /warm' })).toBeVisible()
  await cleanInBothThemes(page, place, 'pipelines')
  await shoot(page, 'pipelines')
  // From what is read to what is made of it, by the arrow keys.
  await graph.getByRole('button', { name: '/readings.csv', exact: true }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(graph.getByRole('button', { name: /^\/warm, sql/ })).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(graph.getByRole('button', { name: /^\/report\.md/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Text of report.md' })).toContainText('1 warm')
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeDisabled()
  await page.getByRole('tab', { name: 'Details' }).click()
  await expect(page.getByRole('region', { name: 'How it is made' })).toContainText('/warm')
  await cleanInBothThemes(page, place, 'details of what is computed')
  await page.getByRole('tab', { name: 'Pipelines' }).click()
  await expect(graph.getByRole('button', { name: /^\/report\.md, text, fresh/ })).toBeVisible()

  await page.getByText('Table', { exact: true }).click()
  const table = page.getByRole('region', { name: 'Recipes' })
  await expect(table.getByRole('row', { name: /\/wrong.*Failing/ })).toContainText('did you mean query?')
  await cleanInBothThemes(page, place, 'table of recipes')
  await page.getByRole('tab', { name: 'Files' }).click()
  await treeItem(page, /^wrong, cannot be computed by wrong\.recipe\.yaml/).click()
  await page.getByRole('button', { name: 'Open the recipe at line 2' }).click()
  await expect(editor(page)).toContainText('qeury')
})

test('whoever commits sees what becomes another and which checks do not hold; what is computed can be frozen', async ({
  page,
  place,
}) => {
  const checked = `recipe: sql
query: SELECT * FROM '/readings.csv' WHERE t > 5
checks:
  - { range: t, max: 20 }
  - { not_null: day, severity: warn }
`
  await place.make('recipes', async (pond) => {
    await pond.writeFile('/readings.csv', 'day,t\n1,12\n')
    await pond.writeFile('/warm.recipe.yaml', checked)
    await pond.commit('one reading')
    await pond.writeFile('/readings.csv', 'day,t\n1,12\n2,99\n')
  })
  const { url } = await place.serve('recipes')
  await page.goto(url)

  await page
    .getByRole('button', { name: /^Commit/ })
    .first()
    .click()
  const dialog = page.getByRole('dialog', { name: 'Commit' })
  const computed = dialog.getByRole('region', { name: 'What is computed' })
  await expect(computed).toContainText('1 computed file gets other content')
  await expect(computed.getByRole('list', { name: 'Computed files' })).toContainText('/readings.csv')
  await expect(computed).toContainText('1 of 2 checks does not hold')
  const wrong = computed.getByRole('list', { name: 'Checks that do not hold' })
  await expect(wrong).toContainText('range: t, max: 20')
  await expect(wrong).toContainText('99')
  await shoot(page, 'commit-checks')
  await cleanInBothThemes(page, place, 'commit with checks')
  // It keeps nobody from committing, and leads to the line.
  await expect(dialog.getByRole('button', { name: 'Commit changes' })).toBeEnabled()
  await wrong.getByRole('button').click()
  await expect(dialog).toBeHidden()
  await expect(editor(page)).toContainText('range: t, max: 20')

  await page.getByRole('tab', { name: 'Pipelines' }).click()
  await page.getByRole('button', { name: 'Check all' }).click()
  const checks = page.getByRole('region', { name: 'Checks', exact: true })
  await expect(checks).toContainText('1 of 2 checks does not hold')
  await shoot(page, 'pipelines-checks')
  await cleanInBothThemes(page, place, 'pipelines with checks')
  await checks.getByRole('button', { name: 'Close the checks' }).click()
  await expect(checks).toBeHidden()

  // What is computed has the versions in which it became another; to restore them is for what it is computed of.
  await page.getByRole('tab', { name: 'Files' }).click()
  await treeItem(page, /^warm, computed by/).click()
  await page.getByRole('tab', { name: 'Versions' }).click()
  const versions = page.getByRole('table', { name: 'Versions of warm' })
  await expect(versions.locator('tbody tr')).toHaveText([/^Pending.*not committed yet/, /^1.*one reading/])
  await expect(versions.getByRole('button', { name: 'Restore version 1' })).toBeDisabled()
  await cleanInBothThemes(page, place, 'versions of what is computed')

  await treeItem(page, /^warm, computed by/).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Freeze what it is now' }).click()
  await expect(treeItem(page, /^warm, added/)).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(treeItem(page, /^warm, computed by/)).toBeVisible()
})
