/** The main job in one sitting, on real data: what a person does on the first day, from an empty folder to an export. */
import { DuckDBInstance } from '@duckdb/node-api'
import { appendFile, copyFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { dataFile, downloadOf, drop, expect, shoot, test, treeItem } from './support'

const WEATHER_ROWS = 1461
const ADDED = ['2016-01-01,0.0,9.4,2.8,3.1,sun', '2016-01-02,1.2,8.3,1.1,2.6,rain', '2016-01-03,0.4,7.8,0.6,4.0,rain']

test('a pond from its first file to an export of its data', async ({ page, place }) => {
  test.setTimeout(240_000)
  const { url } = await place.serve()

  await test.step('create a pond', async () => {
    await page.goto(url)
    await expect(page.getByRole('button', { name: /Create a pond/ })).toBeVisible()
    await shoot(page, '01-welcome')
    await page.getByRole('button', { name: /Create a pond/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Create a pond' })
    await dialog.getByLabel('Name').fill('weather')
    await dialog.getByLabel('In the folder').fill(place.folder)
    await dialog.getByRole('button', { name: 'Create pond' }).click()
    await expect(page.getByRole('tree', { name: 'Navigator' })).toBeVisible()
    await shoot(page, '02-empty')
  })

  const weather = place.path('seattle-weather.csv')
  await copyFile(dataFile('seattle-weather.csv'), weather)

  await test.step('import by drop and by dialog', async () => {
    await drop(page, 'body', [{ name: 'seattle-weather.csv', path: weather }])
    await expect(treeItem(page, /seattle-weather\.csv/)).toBeVisible()
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Import files' }).click()
    await (await chooser).setFiles([dataFile('flights-3m.parquet'), dataFile('movies.json')])
    await expect(treeItem(page, /flights-3m\.parquet/)).toBeVisible()
    await expect(treeItem(page, /movies\.json/)).toBeVisible()
  })

  await test.step('what is pending is shown as such', async () => {
    await expect(treeItem(page, /seattle-weather\.csv/)).toHaveAccessibleName(/added/)
    await treeItem(page, /seattle-weather\.csv/).click()
    await expect(page.getByRole('grid', { name: 'Result' })).toHaveAttribute('aria-rowcount', String(WEATHER_ROWS + 1))
    await shoot(page, '03-pending')
    await page.getByRole('tab', { name: 'Changes' }).click()
    await expect(page.getByText('movies.json').last()).toBeVisible()
    await shoot(page, '04-changes')
  })

  await commit(page, 'Weather, flights and films')

  await test.step('change some more: rows appended to the CSV, a file deleted', async () => {
    await appendFile(weather, `${ADDED.join('\n')}\n`)
    await page.getByRole('tab', { name: 'Files' }).click()
    await drop(page, 'body', [{ name: 'seattle-weather.csv', path: weather }])
    await shoot(page, '05-conflict')
    await page.getByRole('dialog').getByRole('button', { name: 'Replace' }).click()
    await expect(treeItem(page, /seattle-weather\.csv/)).toHaveAccessibleName(/modified/)
    await treeItem(page, /movies\.json/).click()
    await page.keyboard.press('Delete')
    const confirm = page.getByRole('dialog').getByRole('button', { name: /Delete/ })
    if (await confirm.isVisible().catch(() => false)) await confirm.click()
    await expect(treeItem(page, /movies\.json/)).toHaveAccessibleName(/deleted/)
  })

  await test.step('look at the difference, line by line', async () => {
    await page.getByRole('tab', { name: 'Changes' }).click()
    await page.getByRole('option', { name: /seattle-weather\.csv/ }).click()
    await expect(page.getByText('2016-01-02,1.2,8.3,1.1,2.6,rain')).toBeVisible()
    await shoot(page, '06-diff')
  })

  await test.step('SQL with pending on and off differs by the pending rows', async () => {
    await page.getByRole('tab', { name: 'SQL' }).click()
    await expect(page.getByRole('switch', { name: 'Include pending' })).toBeChecked()
    expect(await count(page, "SELECT count(*) AS n FROM '/seattle-weather.csv'")).toBe(WEATHER_ROWS + ADDED.length)
    await shoot(page, '07-sql-pending')
    await page.getByRole('switch', { name: 'Include pending' }).click()
    expect(await count(page, "SELECT count(*) AS n FROM '/seattle-weather.csv'")).toBe(WEATHER_ROWS)
  })

  await commit(page, 'Three days of 2016; no films')

  await test.step('slide back to version 1: navigator, viewer and SQL show it', async () => {
    await page.getByRole('tab', { name: 'Files' }).click()
    const slider = page.getByRole('slider', { name: 'Version' })
    await slider.focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    await expect(page.getByText('You are looking at version 1 of 2')).toBeVisible()
    await expect(treeItem(page, /movies\.json/)).toBeVisible()
    await treeItem(page, /seattle-weather\.csv/).click()
    await expect(page.getByRole('grid', { name: 'Result' })).toHaveAttribute('aria-rowcount', String(WEATHER_ROWS + 1))
    await shoot(page, '08-past')
    await page.getByRole('tab', { name: 'SQL' }).click()
    expect(await count(page, "SELECT count(*) AS n FROM '/seattle-weather.csv'")).toBe(WEATHER_ROWS)
    await page.getByRole('button', { name: 'Back to now' }).click()
    expect(await count(page, "SELECT count(*) AS n FROM '/seattle-weather.csv'")).toBe(WEATHER_ROWS + ADDED.length)
  })

  await test.step('sort three million rows and reach the last', async () => {
    await write(page, "SELECT * FROM '/flights-3m.parquet'")
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    const grid = page.getByRole('grid', { name: 'Result' })
    await expect(grid).toHaveAttribute('aria-rowcount', '3000001', { timeout: 30_000 })
    await grid.getByRole('columnheader', { name: /DISTANCE/i }).click()
    await expect(grid.getByRole('columnheader', { name: /DISTANCE/i })).toHaveAttribute('aria-sort', 'ascending', {
      timeout: 30_000,
    })
    await expect(page.getByRole('progressbar', { name: 'Sorting' })).toBeHidden({ timeout: 30_000 })
    await grid.getByRole('gridcell').first().click()
    await page.keyboard.press('Control+End')
    const last = grid.locator('[aria-rowindex="3000001"]')
    await expect(last).toBeVisible()
    await expect(last).toContainText(await longestFlight())
    await shoot(page, '09-three-million')
  })

  await test.step('export to Parquet, and DuckDB reads the same rows', async () => {
    await write(page, "SELECT weather, count(*) AS days FROM '/seattle-weather.csv' GROUP BY ALL ORDER BY ALL")
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await expect(page.getByRole('grid', { name: 'Result' })).toHaveAttribute('aria-rowcount', '6')
    await page.getByRole('button', { name: 'Export' }).click()
    await shoot(page, '10-export')
    const download = await downloadOf(page, () => page.getByRole('menuitem', { name: /Parquet/ }).click())
    const file = place.path('answer.parquet')
    await download.saveAs(file)
    expect(await rowsOf(file)).toEqual([
      ['drizzle', '53'],
      ['fog', '101'],
      ['rain', '643'],
      ['snow', '26'],
      ['sun', '641'],
    ])
  })

  await test.step('bring the deleted file back', async () => {
    await page.getByRole('tab', { name: 'History' }).click()
    await page.getByRole('option', { name: /no films/ }).click()
    await page.getByRole('option', { name: /movies\.json/ }).click()
    await shoot(page, '11-history')
    await page.getByRole('button', { name: 'Restore', exact: true }).last().click()
    await page.getByRole('menuitem', { name: /version 1/ }).click()
    await expect(treeItem(page, /movies\.json/)).toHaveAccessibleName(/added/)
    await shoot(page, '12-restored')
  })
})

async function commit(page: Page, message: string): Promise<void> {
  await test.step(`commit "${message}"`, async () => {
    await page.getByRole('button', { name: 'Commit', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Commit' })
    await dialog.getByRole('textbox', { name: 'Message' }).fill(message)
    await shoot(page, `commit-${message.split(',')[0]}`)
    await dialog.getByRole('button', { name: 'Commit changes' }).click()
    await expect(dialog).toBeHidden()
  })
}

async function write(page: Page, sql: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: 'SQL editor' })
  await editor.focus()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText(sql)
  await page.keyboard.press('Escape')
}

/** Runs a statement that answers one number. */
async function count(page: Page, sql: string): Promise<number> {
  await write(page, sql)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled()
  const cell = page.getByRole('grid', { name: 'Result' }).getByRole('gridcell').first()
  await expect(cell).toHaveText(/^[\d,]+$/)
  return Number((await cell.innerText()).replaceAll(',', ''))
}

async function rowsOf(parquet: string): Promise<string[][]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${parquet}') ORDER BY ALL`)
  const rows = reader.getRows().map((row) => row.map(String))
  connection.closeSync()
  return rows
}

/** The longest distance in the data, as the grid writes it. */
async function longestFlight(): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(`SELECT max(distance) FROM '${dataFile('flights-3m.parquet')}'`)
  const [[longest]] = reader.getRows() as [[bigint]]
  connection.closeSync()
  return String(longest)
}
