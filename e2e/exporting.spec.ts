/** An export is what is on screen: its rows, their order, and the columns that are shown, in every format. */
import { DuckDBInstance } from '@duckdb/node-api'
import { tableFromIPC } from 'apache-arrow'
import type { Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { dataFile, downloadOf, expect, only, shoot, test, treeItem, violationsOf, type Workplace } from './support'

const FORMATS = ['Parquet', 'CSV', 'JSON lines', 'Arrow'] as const
type Format = (typeof FORMATS)[number]

async function open(page: Page, place: Workplace): Promise<void> {
  await place.make('out', async (pond) => {
    await pond.createFile('/seattle-weather.csv', await readFile(dataFile('seattle-weather.csv')))
    await pond.commit('weather')
  })
  const { url } = await place.serve('out')
  await page.goto(url)
}

const grid = (page: Page) => page.getByRole('grid', { name: 'Result' })

/** Weather first, without wind; the warmest days first. */
async function arrange(page: Page): Promise<void> {
  const menuOf = async (column: string, item: string | RegExp): Promise<void> => {
    await grid(page)
      .getByRole('columnheader', { name: new RegExp(column) })
      .click({ button: 'right' })
    await page.getByRole('menuitem', { name: item }).click()
  }
  await menuOf('wind', /Hide/)
  await menuOf('weather', /Pin.*(left|start)/i)
  await menuOf('temp_max', /descending/i)
  await expect(page.getByRole('progressbar', { name: 'Sorting' })).toHaveCount(0)
}

/** Names of the columns, and the first rows, as they are drawn. */
async function onScreen(page: Page): Promise<{ names: string[]; rows: string[][] }> {
  const headers = grid(page).getByRole('columnheader')
  const names = (await headers.allInnerTexts())
    .map((text) => text.split('\n')[0]?.trim() ?? '')
    .filter((name) => name !== '' && name !== 'Row')
  const rows: string[][] = []
  for (const index of [2, 3, 4, 5, 6]) {
    const cells = grid(page).locator(`[role="row"][aria-rowindex="${index}"]`).getByRole('gridcell')
    rows.push((await cells.allInnerTexts()).map((text) => text.trim()))
  }
  return { names, rows }
}

async function exportAs(page: Page, place: Workplace, format: Format): Promise<{ file: string; name: string }> {
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  const download = await downloadOf(page, () => page.getByRole('menuitem', { name: format, exact: true }).click())
  const name = download.suggestedFilename()
  const file = place.path(`export-${format.replace(' ', '-')}`)
  await download.saveAs(file)
  return { file, name }
}

/** All of a file, as text that compares with what is drawn. */
async function readBack(file: string, format: Format): Promise<{ names: string[]; rows: string[][] }> {
  if (format === 'Arrow') {
    const table = tableFromIPC(await readFile(file))
    const names = table.schema.fields.map(({ name }) => name)
    const columns = names.map((name, i) =>
      [...table.getChildAt(i)!].map((value) =>
        name === 'date' ? new Date(Number(value)).toISOString().slice(0, 10) : String(value),
      ),
    )
    return { names, rows: (columns[0] ?? []).map((_, row) => columns.map((column) => column[row] ?? '')) }
  }
  const read = { Parquet: 'read_parquet', CSV: 'read_csv', 'JSON lines': 'read_ndjson' }[format]
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(`FROM ${read}('${file}')`)
  const back = { names: reader.columnNames(), rows: reader.getRows().map((row) => row.map(String)) }
  connection.closeSync()
  return back
}

const same = (value: string): string => (/^-?[\d.]+$/.test(value) ? String(Number(value)) : value)
const plain = (rows: string[][]): string[][] => rows.map((row) => row.map(same))

test('a result of SQL is exported as it is on screen, in every format, named after its tab', async ({
  page,
  place,
}) => {
  await open(page, place)
  await page.getByRole('tab', { name: 'SQL' }).click()
  await page.getByRole('textbox', { name: 'SQL editor' }).focus()
  await page.keyboard.insertText("SELECT * FROM '/seattle-weather.csv'")
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '1462')
  await arrange(page)
  const shown = await onScreen(page)
  expect(shown.names).toEqual(['weather', 'date', 'precipitation', 'temp_max', 'temp_min'])
  for (const format of FORMATS) {
    await test.step(format, async () => {
      const { file, name } = await exportAs(page, place, format)
      expect(name).toMatch(/^Query 1 \(version 1\)\./)
      const back = await readBack(file, format)
      expect(back.names).toEqual(shown.names)
      expect(back.rows).toHaveLength(1461)
      expect(plain(back.rows.slice(0, 5))).toEqual(plain(shown.rows))
    })
  }
})

test('a table is exported as it is on screen, named after its file', async ({ page, place }) => {
  await open(page, place)
  await treeItem(page, /seattle-weather\.csv/).click()
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '1462')
  await arrange(page)
  const shown = await onScreen(page)
  const { file, name } = await exportAs(page, place, 'CSV')
  expect(name).toBe('seattle-weather (version 1 + pending).csv')
  const back = await readBack(file, 'CSV')
  expect(back.names).toEqual(shown.names)
  expect(plain(back.rows.slice(0, 5))).toEqual(plain(shown.rows))
})

test('an export that is asked for while the query runs waits for its last row', async ({ page, place }) => {
  await open(page, place)
  await page.getByRole('tab', { name: 'SQL' }).click()
  await page.getByRole('textbox', { name: 'SQL editor' }).focus()
  await page.keyboard.insertText('SELECT i, sin(i) AS s FROM range(6_000_000) t(i)')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  const { file } = await exportAs(page, place, 'Parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const count = await connection.runAndReadAll(`SELECT count(*), max(i) FROM read_parquet('${file}')`)
  expect(count.getRows()[0]?.map(String)).toEqual(['6000000', '5999999'])
  connection.closeSync()
})

test('an export that a browser would hold back in silence waits to be saved by a click', async ({ page, place }) => {
  only('web', place, 'Electron holds nothing back')
  await open(page, place)
  await treeItem(page, /seattle-weather\.csv/).click()
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '1462')
  // As it is five seconds after the last click.
  await page.evaluate(() => Object.defineProperty(navigator, 'userActivation', { value: { isActive: false } }))
  const saved: string[] = []
  page.on('download', (download) => saved.push(download.suggestedFilename()))
  for (const format of ['CSV', 'JSON lines'] as const) {
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    await page.getByRole('menuitem', { name: format, exact: true }).click()
  }
  const ready = page.getByRole('alert').filter({ hasText: 'Your export is ready' })
  await expect(ready).toHaveCount(2)
  await expect(ready.first()).toContainText('1,461 rows')
  await shoot(page, 'export-ready')
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    expect(await violationsOf(page, place)).toEqual([])
  }
  expect(saved).toEqual([])
  for (const type of ['csv', 'jsonl']) {
    const download = page.waitForEvent('download')
    await ready.getByRole('button', { name: new RegExp(`^Save .*\\.${type}: `) }).click()
    const file = place.path(`late.${type}`)
    await (await download).saveAs(file)
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(type === 'csv' ? 1462 : 1461)
  }
  await expect(ready).toHaveCount(0)
})
