/** The command line and the app on one pond at once: each sees what the other does, without reopening. */
import { writeFile } from 'node:fs/promises'
import { expect, test, treeItem } from './support'

interface Listed {
  readonly path: string
  readonly change: string | null
}

test('each sees the pending changes and commits of the other within a second', async ({ page, place }) => {
  await place.make('both')
  const { url } = await place.serve('both')
  await page.goto(url)
  await expect(page.getByRole('button', { name: 'Nothing pending' })).toBeVisible()
  await writeFile(place.path('a.csv'), 'x,y\n1,2\n')

  await place.pond('both', 'copy', `host://${place.path('a.csv')}`, '/')
  await expect(treeItem(page, /a\.csv/)).toHaveAccessibleName(/added/, { timeout: 1000 })

  await place.pond('both', 'commit', '-m', 'from the command line')
  await expect(page.getByRole('contentinfo', { name: 'Status' }).getByText('Version 1')).toBeVisible({ timeout: 1000 })
  await expect(treeItem(page, /a\.csv/)).not.toHaveAccessibleName(/added/)

  await page.getByRole('button', { name: 'New folder' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('from the app')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Create|Make|New/ })
    .click()
  await expect(treeItem(page, /from the app/)).toBeVisible()
  const listed = await place.pondJson<Listed[]>('both', 'ls', '/')
  expect(listed.find(({ path }) => path === '/from the app')).toMatchObject({ change: 'added' })

  await page.getByRole('button', { name: 'Commit', exact: true }).click()
  await page.getByRole('dialog', { name: 'Commit' }).getByRole('textbox', { name: 'Message' }).fill('from the app')
  await page.getByRole('button', { name: 'Commit changes' }).click()
  await expect(page.getByRole('contentinfo', { name: 'Status' }).getByText('Version 2')).toBeVisible()
  const log = await place.pondJson<{ version: number; message: string }[]>('both', 'log')
  expect(log.map(({ message }) => message)).toEqual(['from the app', 'from the command line'])
})

test('a host that is killed after staging loses nothing that was staged', async ({ page, place }) => {
  await place.make('killed')
  const host = await place.serve('killed')
  await page.goto(host.url)
  await page.getByRole('button', { name: 'New folder' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('kept')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Create|Make|New/ })
    .click()
  await expect(treeItem(page, /kept/)).toBeVisible()
  await host.stop('SIGKILL')
  // The desktop app's page is gone with it.
  if (place.desktops === null) await expect(page.getByText(/reconnect|connection/i).first()).toBeVisible()

  const again = await place.serve('killed')
  await page.goto(again.url)
  await expect(treeItem(page, /kept/)).toHaveAccessibleName(/added/)
})
