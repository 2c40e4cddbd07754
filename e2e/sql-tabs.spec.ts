/** The console's editor tabs: what is closed can be opened again, with its text. */
import type { Page } from '@playwright/test'
import { expect, only, shoot, test, type Workplace } from './support'

async function open(page: Page, place: Workplace): Promise<void> {
  await place.make('p')
  await page.goto((await place.serve('p')).url)
  await page.getByRole('tab', { name: 'SQL' }).click()
  await expect(editor(page)).toBeVisible()
}

const editor = (page: Page) => page.getByRole('textbox', { name: 'SQL editor' })
const tabs = (page: Page) => page.getByRole('tablist', { name: 'Queries' }).getByRole('tab')

async function type(page: Page, sql: string): Promise<void> {
  await editor(page).focus()
  await page.keyboard.insertText(sql)
  await page.keyboard.press('Escape')
}

async function close(page: Page, name: string): Promise<void> {
  await tabs(page).filter({ hasText: name }).focus()
  await page.keyboard.press('Delete')
}

test('a tab that was closed comes back with its text: by its news, by a command, by its key, and after a reload', async ({
  page,
  place,
}) => {
  await open(page, place)
  await type(page, 'SELECT 1 AS hours_of_work')
  await close(page, 'Query 1')
  await expect(editor(page)).not.toContainText('hours_of_work')
  await shoot(page, 'tab-closed')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(editor(page)).toContainText('hours_of_work')
  await expect(tabs(page)).toHaveCount(1)

  await page.getByRole('button', { name: 'New query' }).click()
  await type(page, 'SELECT 2 AS another')
  await close(page, 'Query 2')
  await close(page, 'Query 1')
  await expect(editor(page)).toContainText('Write SQL')
  await page.getByRole('button', { name: 'Commands' }).click()
  await page.keyboard.type('closed last')
  await page.keyboard.press('Enter')
  await expect(editor(page)).toContainText('hours_of_work')
  await editor(page).press('ControlOrMeta+Shift+T')
  await expect(editor(page)).toContainText('another')
  await expect(tabs(page)).toHaveText([/Query 1/, /Query 2/])

  await close(page, 'Query 2')
  await expect(tabs(page)).toHaveCount(1)
  await page.reload()
  await page.getByRole('tab', { name: 'SQL' }).click()
  await editor(page).press('ControlOrMeta+Shift+T')
  await expect(editor(page)).toContainText('another')
})

test('two pages of one browser keep tabs of their own, and a third can open again what either had', async ({
  page,
  place,
  context,
}) => {
  only('web', place, 'the desktop app has one page')
  await open(page, place)
  const other = await context.newPage()
  await other.goto(page.url())
  await other.getByRole('tab', { name: 'SQL' }).click()
  await type(other, 'SELECT 1 AS of_the_other')
  await expect(editor(other)).toContainText('of_the_other')
  await type(page, 'SELECT 2 AS of_the_first')
  await expect(editor(page)).toContainText('of_the_first')
  await other.reload()
  await other.getByRole('tab', { name: 'SQL' }).click()
  await expect(editor(other)).toContainText('of_the_other')
  await page.reload()
  await page.getByRole('tab', { name: 'SQL' }).click()
  await expect(editor(page)).toContainText('of_the_first')

  const [url] = [page.url(), await page.close(), await other.close()]
  const third = await context.newPage()
  await third.goto(url)
  await third.getByRole('tab', { name: 'SQL' }).click()
  await expect(editor(third)).toContainText('of_the')
  await editor(third).press('ControlOrMeta+Shift+T')
  await expect(tabs(third)).toHaveCount(2)
  const texts = []
  for (const index of [0, 1]) {
    await tabs(third).nth(index).click()
    texts.push(await editor(third).innerText())
  }
  expect(texts.toSorted().join()).toMatch(/of_the_other.*of_the_first/s)
})
