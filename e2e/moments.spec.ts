/** Answers and their moments: a result is of where the window looks, or says loudly of when it is. */
import type { Page } from '@playwright/test'
import { writeFile } from 'node:fs/promises'
import { expect, shoot, test, treeItem, type Workplace } from './support'

/** Versions 1, 2 and 3 of a table have one, two and three rows. */
async function threeVersions(page: Page, place: Workplace): Promise<void> {
  await place.make('past', async (pond) => {
    let rows = 'n\n'
    for (const n of [1, 2, 3]) {
      rows += `${n}\n`
      await pond.writeFile('/n.csv', rows)
      await pond.commit(`version with ${n}`)
    }
  })
  const { url } = await place.serve('past')
  await page.goto(url)
  await page.getByRole('tab', { name: 'SQL' }).click()
}

async function put(place: Workplace, rows: string): Promise<void> {
  await writeFile(place.path('n.csv'), rows)
  await place.pond('past', 'copy', '--replace', `host://${place.path('n.csv')}`, '/')
}

async function run(page: Page, sql: string): Promise<void> {
  await page.getByRole('textbox', { name: 'SQL editor' }).focus()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText(sql)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
}

const COUNT = "SELECT count(*) AS n FROM '/n.csv'"
const answer = (page: Page) => page.getByRole('grid', { name: 'Result' }).getByRole('gridcell').first()
const resultTab = (page: Page, name: RegExp) =>
  page.getByRole('tablist', { name: 'Results' }).getByRole('tab', { name })
const notice = (page: Page) => page.getByRole('status').filter({ hasText: /These rows are of|than when this ran/ })

/** Takes the whole window to a version, with the slider. */
async function goTo(page: Page, version: number): Promise<void> {
  await page.getByRole('slider', { name: 'Version' }).focus()
  await page.keyboard.press('Home')
  for (let i = 0; i < version; i++) await page.keyboard.press('ArrowRight')
  await expect(page.getByText(`You are looking at version ${version} of`)).toBeVisible()
}

test('open results are read again where the slider goes', async ({ page, place }) => {
  await threeVersions(page, place)
  await run(page, COUNT)
  await expect(answer(page)).toHaveText('3')
  await run(page, "SELECT max(n) * 10 AS tenfold FROM '/n.csv'")
  await expect(answer(page)).toHaveText('30')

  await goTo(page, 2)
  await expect(answer(page)).toHaveText('20')
  await expect(resultTab(page, /Result 2/)).toHaveAccessibleName(/version 2/)
  await goTo(page, 1)
  await expect(answer(page)).toHaveText('10')
  await shoot(page, 'result-in-the-past')

  // One that was not in front says of when it is, until it is shown.
  await expect(resultTab(page, /Result 1/)).toHaveAccessibleName(/version 3/)
  await resultTab(page, /Result 1/).click()
  await expect(answer(page)).toHaveText('1')
  await expect(notice(page)).toHaveCount(0)

  await page.getByRole('button', { name: 'Back to now' }).click()
  await expect(answer(page)).toHaveText('3')
})

test('a result that is kept, or pinned to a version, stays and says of when it is', async ({ page, place }) => {
  await threeVersions(page, place)
  await run(page, COUNT)
  await expect(answer(page)).toHaveText('3')
  await page.getByRole('button', { name: 'Keep this result' }).click()
  await goTo(page, 2)
  await expect(notice(page)).toContainText('These rows are of version 3. The window shows version 2.')
  await expect(answer(page)).toHaveText('3')
  await shoot(page, 'result-of-another-moment')
  await notice(page).getByRole('button', { name: 'Run again' }).click()
  await expect(answer(page)).toHaveText('2')
  await page.getByRole('button', { name: 'Back to now' }).click()

  await page.getByRole('combobox', { name: 'As of' }).click()
  await page.getByRole('option', { name: /Version 1 / }).click()
  await run(page, COUNT)
  await expect(answer(page)).toHaveText('1')
  await expect(notice(page)).toHaveCount(0)
  await goTo(page, 3)
  await expect(notice(page)).toContainText('These rows are of version 1. The window shows version 3.')
  await expect(answer(page)).toHaveText('1')
})

test('a result says when somebody has changed or committed something since', async ({ page, place }) => {
  await threeVersions(page, place)
  await run(page, COUNT)
  await expect(answer(page)).toHaveText('3')
  await put(place, 'n\n1\n2\n3\n4\n')
  await place.pond('past', 'commit', '-m', 'from elsewhere')
  await expect(notice(page)).toContainText('These rows are of version 3. Version 4 is there now.')
  await notice(page).getByRole('button', { name: 'Run again' }).click()
  await expect(answer(page)).toHaveText('4')
  await expect(notice(page)).toHaveCount(0)

  await put(place, 'n\n1\n')
  await expect(page.getByRole('switch', { name: 'Include pending' })).toBeChecked()
  await run(page, COUNT)
  await expect(answer(page)).toHaveText('1')
  await put(place, 'n\n1\n2\n')
  await expect(notice(page)).toContainText('The pending changes are others than when this ran.')
  await notice(page).getByRole('button', { name: 'Run again' }).click()
  await expect(answer(page)).toHaveText('2')
})

test('the open file, its details and its grid are of where the slider is', async ({ page, place }) => {
  await threeVersions(page, place)
  await page.getByRole('tab', { name: 'Files' }).click()
  await treeItem(page, /n\.csv/).click()
  const grid = page.getByRole('grid', { name: 'Result' })
  await expect(grid).toHaveAttribute('aria-rowcount', '4')
  await goTo(page, 2)
  await expect(grid).toHaveAttribute('aria-rowcount', '3')
  await goTo(page, 1)
  await expect(grid).toHaveAttribute('aria-rowcount', '2')
  await page.getByRole('tab', { name: 'Text', exact: true }).click()
  await expect(page.getByRole('textbox', { name: 'Text of n.csv' })).toHaveText(/^n1$/)
})
