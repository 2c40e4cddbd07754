/** Whatever takes the place of pending work says so, and can be undone: restore, deletion, replacement. */
import type { Page } from '@playwright/test'
import { writeFile } from 'node:fs/promises'
import { drop, expect, shoot, test, treeItem, type Workplace } from './support'

/** Version 1 has a text; another content of it and a new file are pending. */
async function pendingWork(page: Page, place: Workplace): Promise<void> {
  await place.make('work', async (pond) => {
    await pond.createFile('/text.txt', 'as committed\n')
    await pond.commit('the first version')
    await pond.updateFile('/text.txt', 'hours of work\n')
    await pond.createFile('/new.txt', 'never committed\n')
  })
  const { url } = await place.serve('work')
  await page.goto(url)
  await expect(treeItem(page, /text\.txt/)).toHaveAccessibleName(/modified/)
}

const question = (page: Page) => page.getByRole('dialog', { name: 'Restore version 1?' })
const content = (place: Workplace, name: string) => place.pond('work', 'cat', `/${name}`)

async function restoreFirst(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'History' }).click()
  await page.getByRole('option', { name: /the first version/ }).click()
  await expect(page.getByRole('heading', { name: 'Version 1' })).toBeVisible()
  await page
    .getByRole('button', { name: /^Restore/ })
    .first()
    .click()
}

test('a restore names the pending work that gives way, and Undo brings it back', async ({ page, place }) => {
  await pendingWork(page, place)
  await restoreFirst(page)
  const gone = question(page).getByRole('list', { name: 'Changes that give way' })
  await expect(gone.getByRole('listitem')).toHaveCount(2)
  await expect(gone).toContainText('/text.txt')
  await expect(gone).toContainText('/new.txt')
  await shoot(page, 'restore-question')
  await question(page).getByRole('button', { name: 'Restore', exact: true }).click()
  await expect(page.getByText(/The pond is back at version 1/)).toBeVisible()
  // The news with it stays as long as the pointer is over it.
  await page.getByRole('button', { name: 'Undo', exact: true }).hover()
  expect(await content(place, 'text.txt')).toBe('as committed\n')

  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(page.getByText('what was pending before is pending again')).toBeVisible()
  expect(await content(place, 'text.txt')).toBe('hours of work\n')
  expect(await content(place, 'new.txt')).toBe('never committed\n')
})

test('a restore can commit the pending work first', async ({ page, place }) => {
  await pendingWork(page, place)
  await restoreFirst(page)
  await question(page).getByRole('textbox', { name: 'Message of that version' }).fill('hours of work')
  await question(page).getByRole('button', { name: 'Commit them first' }).click()
  await expect(page.getByText(/The pond is back at version 1/)).toBeVisible()
  expect(await content(place, 'text.txt')).toBe('as committed\n')
  expect(await place.pond('work', 'cat', '/text.txt', '--at', '2')).toBe('hours of work\n')
  expect(await place.pond('work', 'cat', '/new.txt', '--at', 'head')).toBe('never committed\n')
})

test('called off, a restore leaves everything as it is', async ({ page, place }) => {
  await pendingWork(page, place)
  await restoreFirst(page)
  await question(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(question(page)).toHaveCount(0)
  expect(await content(place, 'text.txt')).toBe('hours of work\n')
})

test('one entry is restored, and brought back, without the others', async ({ page, place }) => {
  await pendingWork(page, place)
  await treeItem(page, /text\.txt/).click()
  await page.getByRole('tab', { name: 'Versions' }).click()
  await page.getByRole('button', { name: 'Restore version 1' }).click()
  const dialog = page.getByRole('dialog', { name: /Restore "text.txt" as of version 1/ })
  await expect(dialog.getByRole('listitem')).toHaveCount(1)
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click()
  await expect(page.getByText(/Restored "text.txt" to version 1/)).toBeVisible()
  await page.getByRole('button', { name: 'Undo', exact: true }).hover()
  expect(await content(place, 'text.txt')).toBe('as committed\n')
  expect(await content(place, 'new.txt')).toBe('never committed\n')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect.poll(() => content(place, 'text.txt')).toBe('hours of work\n')
})

test('a file that was never committed comes back after its deletion, and after its replacement', async ({
  page,
  place,
}) => {
  await pendingWork(page, place)
  await treeItem(page, /new\.txt/).click()
  await page.keyboard.press('Delete')
  await page.getByRole('dialog', { name: 'Delete' }).getByRole('button', { name: 'Delete' }).click()
  await expect(treeItem(page, /new\.txt/)).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(treeItem(page, /new\.txt/)).toBeVisible()
  expect(await content(place, 'new.txt')).toBe('never committed\n')

  await writeFile(place.path('other.txt'), 'something else\n')
  await drop(page, 'body', [{ name: 'new.txt', path: place.path('other.txt') }])
  await page.getByRole('dialog').getByRole('button', { name: 'Replace' }).click()
  await expect.poll(() => content(place, 'new.txt')).toBe('something else\n')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect.poll(() => content(place, 'new.txt')).toBe('never committed\n')
})
