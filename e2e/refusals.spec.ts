/** Bad input in the app: each failure is drawn, says what happened to which thing, and shows its code. */
import { mkdir, writeFile } from 'node:fs/promises'
import { expect, only, test, treeItem, type Workplace } from './support'
import type { Page } from '@playwright/test'

async function open(page: Page, place: Workplace, url: string, folder: string): Promise<void> {
  await page.goto(url)
  await place.desktops?.chooseFolder(place.path(folder))
  await page.getByRole('button', { name: /Open a pond/ }).click()
  // The desktop app asks by the system's own dialog.
  if (place.desktops !== null) return
  const dialog = page.getByRole('dialog', { name: 'Open a pond' })
  await dialog.getByLabel('Folder', { exact: true }).fill(place.path(folder))
  await dialog.getByLabel('Folder', { exact: true }).press('Enter')
  await dialog.getByRole('button', { name: 'Open this folder' }).click()
}

test('a folder that is no pond, a pond of a newer format', async ({ page, place }) => {
  const { url } = await place.serve()
  await mkdir(place.path('plain'))
  await open(page, place, url, 'plain')
  await expect(page.getByText('steward.not-a-pond')).toBeVisible()

  await mkdir(place.path('newer'))
  await writeFile(place.path('newer', 'pond.json'), '{"format":99,"pondId":"x","createdAt":"2030-01-01T00:00:00.000Z"}')
  await open(page, place, url, 'newer')
  await expect(page.getByText('steward.newer-format')).toBeVisible()
})

test('files that cannot be read as tables, and SQL that is wrong', async ({ page, place }) => {
  await place.make('p', async (pond) => {
    await pond.createFile('/broken.parquet', 'PAR1 this is no Parquet file PAR1')
    await pond.createFile('/broken.csv', 'a,b\n1,"unfinished\n2,3\n4,5,6,7\n')
  })
  const { url } = await place.serve('p')
  await page.goto(url)
  await treeItem(page, /broken\.parquet/).click()
  await expect(page.getByText('query.unreadable-file').first()).toBeVisible()

  await page.getByRole('tab', { name: 'SQL' }).click()
  const run = async (sql: string): Promise<void> => {
    await page.getByRole('textbox', { name: 'SQL editor' }).focus()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.insertText(sql)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
  }
  const alert = page.getByRole('alert').last()
  await run('SELECT 1\nFROM nowhere_at_all')
  await expect(alert).toContainText('nowhere_at_all')
  await expect(alert).toContainText(/line 2/i)
  await run("SELECT * FROM '/etc/passwd'")
  await expect(alert).toContainText('query.no-such-file')
  await run("COPY (SELECT 1) TO '/tmp/stolen.csv'")
  await expect(alert).toContainText('query.not-allowed')
})

test('nobody without the token, and no foreign page, gets anything', async ({ place, playwright }) => {
  only('web', place, 'the desktop app listens on no address')
  await place.make('p')
  const { url } = await place.serve('p')
  const { origin } = new URL(url)
  const request = await playwright.request.newContext()
  expect((await request.get(`${origin}/`)).status()).toBe(401)
  expect((await request.get(`${origin}/?token=wrong`)).status()).toBe(401)
  expect((await request.get(url, { headers: { Origin: 'http://evil.example' } })).status()).toBe(403)
  expect((await request.get(url, { headers: { Host: 'evil.example' } })).status()).toBe(403)
  await request.dispose()
})
