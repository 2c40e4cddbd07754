/** What people should hear besides answers: the window says it as the command line does, each thing once. */
import type { Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from './desktop'
import { drop, expect, shoot, test, treeItem, violationsOf, type Workplace } from './support'

const notice = (page: Page) => page.getByRole('status', { name: 'To know' })

async function importFile(page: Page, place: Workplace, name: string, content: string | Uint8Array): Promise<void> {
  await writeFile(place.path(name), content)
  await drop(page, 'body', [{ name, path: place.path(name) }])
  await expect(treeItem(page, new RegExp(name))).toBeVisible()
}

test('a pond of an older format that becomes a newer one says so once', async ({ page, place }) => {
  await mkdir(place.path('old'))
  execFileSync('tar', ['-xzf', join(ROOT, 'test/fixtures/pond-0.1.0.tar.gz'), '-C', place.path('old')])
  const [inside] = await readdir(place.path('old'))
  const pond = `old/${inside}`
  await page.goto((await place.serve(pond)).url)
  await expect(page.getByRole('tree', { name: 'Navigator' })).toBeVisible()
  await importFile(page, place, 'small.txt', 'small\n')
  await expect(notice(page)).toHaveCount(0)
  await importFile(page, place, 'large.bin', new Uint8Array(300_000).fill(7))
  await expect(notice(page)).toContainText('The pond is now of format 2')
  await expect(notice(page)).toContainText('DuckPond 0.1')
  await shoot(page, 'notice')
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    expect(await violationsOf(page, place)).toEqual([])
  }
  await notice(page).getByRole('button', { name: 'Dismiss' }).click()
  await expect(notice(page)).toHaveCount(0)
  await importFile(page, place, 'larger.bin', new Uint8Array(400_000).fill(8))
  await expect(notice(page)).toHaveCount(0)
})

test('a pattern beside the log of a Delta table says that it does not see the log, once', async ({ page, place }) => {
  await place.make('p', async (pond) => {
    await pond.createDirectory('/t/_delta_log', { parents: true })
    await pond.createFile('/t/one.csv', 'a\n1\n')
  })
  await page.goto((await place.serve('p')).url)
  await page.getByRole('tab', { name: 'SQL' }).click()
  const run = async (sql: string): Promise<void> => {
    await page.getByRole('textbox', { name: 'SQL editor' }).focus()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.insertText(sql)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
  }
  await run("SELECT a + 1 AS two FROM '/t/*.csv'")
  await expect(notice(page)).toContainText("delta('/t') reads what the table has")
  await notice(page).getByRole('button', { name: 'Dismiss' }).click()
  await run("SELECT a + 2 AS three FROM '/t/*.csv'")
  await expect(page.getByRole('grid', { name: 'Result' }).getByRole('columnheader', { name: /three/ })).toBeVisible()
  await expect(notice(page)).toHaveCount(0)
})

test('a table that another program changes is said to be read only at once, until that is set aside', async ({
  page,
  place,
}) => {
  await place.make('p', async (pond) => {
    await pond.createDirectory('/here')
    await pond.commit('a directory')
  })
  await page.goto((await place.serve('p')).url)
  await expect(treeItem(page, /here/)).toBeVisible()

  const log = place.path('p', 'data', '_delta_log')
  const entries = (await readdir(log)).filter((name) => /^\d{20}\.json$/.test(name))
  const [file] = (await readdir(place.path('p', 'data'))).filter((name) => name.endsWith('.parquet'))
  const actions = [
    { commitInfo: { timestamp: 1_790_000_000_000, operation: 'DELETE', engineInfo: 'Another/1.0' } },
    { remove: { path: file, deletionTimestamp: 1_790_000_000_000, dataChange: true } },
  ]
  const next = `${String(entries.length).padStart(20, '0')}.json`
  await writeFile(join(log, next), actions.map((action) => `${JSON.stringify(action)}\n`).join(''))
  const said = page.getByRole('status').filter({ hasText: 'nother program changed the table' })
  await expect(said).toHaveCount(1)
  await expect(said).toContainText('Read only: ')
  await expect(treeItem(page, /here/)).toBeVisible()

  await place.pond('p', 'recover', '--set-foreign-aside')
  await expect(said).toHaveCount(0)
  await importFile(page, place, 'again.txt', 'it can be changed\n')
})
