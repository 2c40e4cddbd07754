/** How a text file is read: what was found out, what is said instead, and what comes of it before it is saved. */
import type { Page } from '@playwright/test'
import { writeFile } from 'node:fs/promises'
import { drop, expect, shoot, test, treeItem, violationsOf, type Workplace } from './support'

const AMBIGUOUS = 'day,value\n01/02/2026,1.5\n03/04/2026,NA\n05/06/2026,3.5\n'

async function open(page: Page, place: Workplace): Promise<void> {
  await place.pond('texts', 'init', place.path('texts'))
  const { url } = await place.serve('texts')
  await page.goto(url)
  await expect(page.getByRole('tree', { name: 'Navigator' })).toBeVisible()
  await writeFile(place.path('days.csv'), AMBIGUOUS)
}

const dialog = (page: Page) => page.getByRole('dialog', { name: 'How this file is read' })
const preview = (page: Page) => dialog(page).getByRole('region', { name: 'What comes of it' })
const described = async (place: Workplace) =>
  (
    await place.pondJson<{ columns: { name: string; type: string }[] | null }>('texts', 'describe', '/days.csv')
  ).columns?.map(({ name, type }) => `${name} ${type}`)

test('a text of which something is remarkable is offered at its import, and read as it is told', async ({
  page,
  place,
}) => {
  await open(page, place)
  await drop(page, 'body', [{ name: 'days.csv', path: place.path('days.csv') }])
  await page.getByRole('button', { name: 'How it is read' }).first().click()
  await expect(dialog(page)).toBeVisible()
  await expect(dialog(page).getByRole('list', { name: 'What is remarkable' })).toContainText('may be day and month')
  await dialog(page).getByRole('combobox', { name: 'Type of value' }).selectOption('BIGINT')
  await expect(dialog(page).getByRole('alert')).toContainText('query.unreadable-file')
  await shoot(page, 'reading-refused')
  await dialog(page).getByRole('button', { name: 'Find out everything' }).click()
  await expect(preview(page)).toContainText('01/02/2026')

  await dialog(page).getByLabel('Formats of times').fill('%d/%m/%Y')
  await page.keyboard.press('Enter')
  await expect(preview(page)).toContainText('2026-02-01')
  await expect(preview(page)).toContainText('NULL')
  await dialog(page).getByLabel('Texts that mean no value').fill('NA')
  await page.keyboard.press('Enter')
  await dialog(page).getByRole('combobox', { name: 'Type of value' }).selectOption('DECIMAL(18,3)')
  await expect(preview(page)).toContainText('1.500')
  await shoot(page, 'reading-told')
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    expect(await violationsOf(page, place)).toEqual([])
  }

  await dialog(page).getByRole('button', { name: 'Read it like this' }).click()
  await expect(dialog(page)).toHaveCount(0)
  await expect(page.getByRole('grid', { name: 'Result' })).toHaveAttribute('aria-rowcount', '4')
  expect(await described(place)).toEqual(['day DATE', 'value DECIMAL(18,3)'])

  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect.poll(() => place.pond('texts', 'reading', '/days.csv', '--json')).not.toContain('%d/%m/%Y')
})

test('what is said of a text is shown again, taken back, and read only in the past', async ({ page, place }) => {
  await open(page, place)
  await place.pond('texts', 'copy', `host://${place.path('days.csv')}`, '/', '--timestamp-format', '%m/%d/%Y')
  await place.pond('texts', 'commit', '-m', 'as in America')
  await treeItem(page, /days\.csv/).click()
  await page.getByRole('button', { name: 'How it is read (as said)' }).click()
  await expect(preview(page)).toContainText('2026-01-02')
  await expect(dialog(page).getByRole('button', { name: 'Read it like this' })).toBeDisabled()
  await dialog(page).getByRole('combobox', { name: 'Between values' }).selectOption(';')
  await expect(preview(page)).not.toContainText('2026-01-02')
  await dialog(page).getByRole('button', { name: 'Find out everything' }).click()
  await expect(preview(page)).toContainText('01/02/2026')
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toHaveCount(0)
  expect(await described(place)).toContain('day DATE')

  await page.getByRole('slider', { name: 'Version' }).focus()
  await page.keyboard.press('ArrowLeft')
  await page.getByRole('button', { name: 'How it is read (as said)' }).click()
  await expect(preview(page)).toContainText('2026-01-02')
  await dialog(page).getByRole('combobox', { name: 'Header' }).selectOption('false')
  await expect(dialog(page).getByRole('button', { name: 'Read it like this' })).toBeDisabled()
})
