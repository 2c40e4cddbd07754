/** Edits that are not saved: kept to their pond up to the last key, marked, and asked about before they are lost. */
import type { Page } from '@playwright/test'
import { writeFile } from 'node:fs/promises'
import { expect, test, treeItem, type Workplace } from './support'

async function editNotes(page: Page, place: Workplace, typed: string): Promise<void> {
  await place.make('edited', async (pond) => {
    await pond.createFile('/notes.txt', 'as committed\n')
    await pond.createFile('/other.txt', 'another file\n')
  })
  const { url } = await place.serve('edited')
  await page.goto(url)
  await treeItem(page, /notes\.txt/).click()
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.keyboard.type(typed)
}

const text = (page: Page) => page.getByRole('textbox', { name: 'Text of notes.txt' })
const dot = (page: Page) => page.getByRole('navigation', { name: 'Path' }).getByRole('img', { name: 'Unsaved edits' })

async function choose(page: Page, item: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: /^Pond / }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('the last keys before leaving a file are kept and marked until the edits are discarded, which can be undone', async ({
  page,
  place,
}) => {
  await editNotes(page, place, 'quick')
  await treeItem(page, /other\.txt/).click()
  await expect(treeItem(page, /notes\.txt/)).toHaveAccessibleName(/unsaved edits/)
  await expect(dot(page)).toHaveCount(0)
  await treeItem(page, /notes\.txt/).click()
  await expect(text(page)).toContainText('quick')
  await expect(dot(page)).toBeVisible()

  await page.keyboard.type('never')
  const discard = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Discard edits' }).click()
    await expect(dot(page)).toHaveCount(0)
    await expect(text(page)).not.toContainText('quick')
  }
  await discard()
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(text(page)).toContainText('never')
  await expect(text(page)).toContainText('quick')
  await expect(dot(page)).toBeVisible()
  await discard()
  await treeItem(page, /other\.txt/).click()
  await expect(treeItem(page, /notes\.txt/)).not.toHaveAccessibleName(/unsaved edits/)
})

test('the commit dialog tells which file it leaves out', async ({ page, place }) => {
  await editNotes(page, place, 'not in it')
  await treeItem(page, /other\.txt/).click()
  await page.getByRole('button', { name: 'Commit', exact: true }).click()
  const note = page.getByRole('region', { name: 'Unsaved edits' })
  await expect(note).toContainText('1 file has unsaved edits')
  await note.getByRole('button', { name: 'Show' }).click()
  await expect(text(page)).toContainText('not in it')
  await page.getByRole('button', { name: /Save as pending/ }).click()
  await expect(dot(page)).toHaveCount(0)
  expect(await place.pond('edited', 'cat', '/notes.txt')).toBe('not in itas committed\n')
})

test('an edit stays out of other ponds, and closing or switching asks first', async ({ page, place }) => {
  await editNotes(page, place, 'of the first pond')
  await choose(page, 'Close this pond')
  const question = page.getByRole('dialog', { name: /without saving/ })
  await expect(question).toContainText('1 file has unsaved edits, which are lost: /notes.txt')
  await question.getByRole('button', { name: 'Cancel' }).click()
  await expect(question).toHaveCount(0)
  await expect(text(page)).toContainText('of the first pond')

  await choose(page, /Create a pond/)
  await page.getByRole('dialog', { name: 'Create a pond' }).getByRole('textbox', { name: 'Name' }).fill('second')
  await page.keyboard.press('Enter')
  await question.getByRole('button', { name: 'Discard edits' }).click()
  await expect(page.getByRole('button', { name: 'Nothing pending' })).toBeVisible()
  await writeFile(place.path('notes.txt'), 'as committed\n')
  await place.pond('second', 'copy', `host://${place.path('notes.txt')}`, '/')
  await treeItem(page, /notes\.txt/).click()
  await expect(text(page)).toContainText('as committed')
  await expect(text(page)).not.toContainText('of the first pond')
  await expect(dot(page)).toHaveCount(0)
})

test('the page asks before it goes, however short ago the last key was', async ({ page, place }) => {
  await editNotes(page, place, 'x')
  if (place.desktops !== null) {
    const question = await place.desktops.last.app.evaluate(
      ({ BrowserWindow, dialog }) =>
        new Promise<string>((resolve) => {
          dialog.showMessageBoxSync = (_: unknown, options?: { readonly message: string }) => {
            resolve(options?.message ?? '')
            return 1
          }
          BrowserWindow.getAllWindows()[0]?.close()
        }),
    )
    return expect(question).toBe('Close without saving?')
  }
  const asked = new Promise<string>((resolve) =>
    page.on('dialog', (dialog) => {
      resolve(dialog.type())
      void dialog.accept()
    }),
  )
  await page.close({ runBeforeUnload: true })
  expect(await asked).toBe('beforeunload')
})
