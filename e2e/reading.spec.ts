/** How a text file is read: what was found out, what is said instead, and what comes of it before it is saved. */
import type { Page } from '@playwright/test'
import { writeFile } from 'node:fs/promises'
import { sheet, workbook } from '../src/main/query/testing/workbook-bytes'
import { drop, expect, shoot, test, treeItem, violationsOf, type Workplace } from './support'

const AMBIGUOUS = 'day,value\n01/02/2026,1.5\n03/04/2026,NA\n05/06/2026,3.5\n'

async function open(page: Page, place: Workplace): Promise<void> {
  await place.make('texts')
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
  // The news with it stays as long as the pointer is over it.
  const undo = page.getByRole('button', { name: 'Undo', exact: true })
  await undo.hover()
  expect(await described(place)).toEqual(['day DATE', 'value DECIMAL(18,3)'])

  await undo.click()
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

test('a workbook is read from the sheet and the cells that are said, of those it has', async ({ page, place }) => {
  await place.make('books')
  const bytes = workbook({
    sheets: [
      { name: 'Cover', xml: sheet([['River levels'], ['kept by the office']]) },
      { name: 'Lists', xml: sheet([['N1'], ['N2']]), state: 'hidden' },
      {
        name: 'Levels 2026',
        xml: sheet([
          ['Levels', null, null],
          ['id', 'level', 'who'],
          [1, 2.5, 'a'],
          [2, 3.5, 'b'],
          [3, 4.5, 'c'],
        ]),
      },
    ],
  })
  await writeFile(place.path('levels.xlsx'), bytes)
  await page.goto((await place.serve('books')).url)
  await expect(page.getByRole('tree', { name: 'Navigator' })).toBeVisible()
  await drop(page, 'body', [{ name: 'levels.xlsx', path: place.path('levels.xlsx') }])
  await page.getByRole('button', { name: 'How it is read' }).first().click()

  const sheets = dialog(page).getByRole('combobox', { name: 'Sheet' })
  await expect(sheets.getByRole('option')).toHaveText(['Found out: Cover', 'Cover', 'Lists (hidden)', 'Levels 2026'])
  await expect(dialog(page).getByRole('combobox', { name: 'Between values' })).toHaveCount(0)
  await shoot(page, 'reading-workbook')
  await sheets.selectOption({ label: 'Levels 2026' })
  await expect(preview(page).getByRole('columnheader', { name: 'who' })).toBeVisible()
  await expect(dialog(page)).toContainText('cells A2:C5 of Levels 2026')

  const range = dialog(page).getByLabel('Range of cells')
  await range.fill('A5:C2')
  await expect(dialog(page).getByRole('alert')).toContainText('"A5:C2" is no range of cells')
  await expect(dialog(page).getByRole('button', { name: 'Read it like this' })).toBeDisabled()
  // The sheets are still to be chosen from.
  await expect(sheets.getByRole('option')).toHaveCount(4)
  await shoot(page, 'reading-workbook-refused')
  await range.fill('A2:B4')
  await expect(preview(page).getByRole('columnheader', { name: 'who' })).toHaveCount(0)
  await expect(preview(page)).toContainText('3.5')
  await expect(preview(page)).not.toContainText('4.5')
  await shoot(page, 'reading-workbook-told')
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    expect(await violationsOf(page, place)).toEqual([])
  }
  await dialog(page).getByRole('button', { name: 'Read it like this' }).click()
  await expect(dialog(page)).toHaveCount(0)
  await expect(page.getByRole('grid', { name: 'Result' })).toHaveAttribute('aria-rowcount', '3')
  const { columns } = await place.pondJson<{ columns: { name: string }[] }>('books', 'describe', '/levels.xlsx')
  expect(columns.map(({ name }) => name)).toEqual(['id', 'level'])

  // Another workbook in its place may not have that sheet: it can be said anew.
  await writeFile(place.path('levels.xlsx'), workbook({ sheets: [{ name: 'Other', xml: sheet([['x'], [1]]) }] }))
  await place.pond('books', 'copy', '--replace', `host://${place.path('levels.xlsx')}`, '/')
  await page.getByRole('button', { name: 'How this file is read' }).click()
  await expect(dialog(page).getByRole('alert')).toContainText('has no sheet "Levels 2026"')
  await sheets.selectOption({ label: 'Other' })
  await dialog(page).getByLabel('Range of cells').fill('')
  await expect(preview(page).getByRole('columnheader', { name: 'x' })).toBeVisible()
})
