/** A file that ends DuckDB: it costs what asked for it, and nothing else that is open. */
import { expect, test, treeItem } from './support'

test('a file of fifty thousand levels ends the SQL engine, and not the app', async ({ page, place }) => {
  await place.make('p', async (pond) => {
    await pond.createFile('/deep.json', `${'['.repeat(50_000)}${']'.repeat(50_000)}\n`)
    await pond.createFile('/fine.csv', 'id\n1\n2\n3\n')
  })
  const { url } = await place.serve('p')
  await page.goto(url)

  await page.getByRole('tab', { name: 'SQL' }).click()
  const run = async (sql: string): Promise<void> => {
    await page.getByRole('textbox', { name: 'SQL editor' }).focus()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.insertText(sql)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
  }
  const grid = page.getByRole('grid', { name: 'Result' })
  await run("FROM '/fine.csv'")
  await expect(grid).toHaveAttribute('aria-rowcount', '4')

  // One click on it, and the result that is open can still be read.
  await page.getByRole('tab', { name: 'Files' }).click()
  await treeItem(page, /deep\.json/).click()
  const alert = page.getByRole('alert').first()
  await expect(alert).toContainText('query.unreadable-file')
  await expect(alert).toContainText('/deep.json')
  await treeItem(page, /fine\.csv/).click()
  await expect(grid).toHaveAttribute('aria-rowcount', '4')

  await page.getByRole('tab', { name: 'SQL' }).click()
  await expect(grid).toHaveAttribute('aria-rowcount', '4')
  await run("FROM read_json('/deep.json')")
  await expect(page.getByRole('alert').last()).toContainText('query.engine-crashed')
  await run("SELECT sum(id) AS total FROM '/fine.csv'")
  await expect(grid).toHaveAttribute('aria-rowcount', '2')
  await expect(grid).toContainText('6')
})
