/** The console's editor tabs: what is closed can be opened again, with its text. */
import type { Page } from '@playwright/test'
import { expect, shoot, test, type Workplace } from './support'

async function open(page: Page, place: Workplace): Promise<void> {
  await place.pond('p', 'init', place.path('p'))
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
