/** Saving a text: what is shown is what is there, every byte of it, and nobody's work is replaced unseen. */
import type { Page } from '@playwright/test'
import { writeFile } from 'node:fs/promises'
import { expect, only, shoot, test, treeItem, type Workplace } from './support'

async function openNotes(page: Page, place: Workplace, content: string): Promise<void> {
  await place.make('texts', (pond) => pond.createFile('/notes.txt', content))
  const { url } = await place.serve('texts')
  await page.goto(url)
  await treeItem(page, /notes\.txt/).click()
}

const text = (page: Page) => page.getByRole('textbox', { name: 'Text of notes.txt' })

async function edit(page: Page, typed: string): Promise<void> {
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.insertText(typed)
}

async function save(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+S')
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeVisible()
}

test('a text that grows with every save is shown and kept whole', async ({ page, place }) => {
  let expected = 'the first line, as it was imported\n'
  await openNotes(page, place, expected)
  for (const typed of [
    'a second line\n',
    'a third line, which is longer\n',
    'and a fourth, longer than all before it\n',
  ]) {
    await edit(page, typed)
    await save(page)
    expected += typed
    expect(await place.pond('texts', 'cat', '/notes.txt')).toBe(expected)
    // What the editor opens next is what the next save writes.
    await expect(text(page)).toContainText(typed.trim())
  }
})

test('a text of ten megabytes is saved twice without losing its end', async ({ page, place }) => {
  test.slow()
  const line = 'a line of a large text, which is the same as all others\n'
  const large = line.repeat(Math.ceil(10_000_000 / line.length))
  await openNotes(page, place, large)
  let expected = large
  for (const typed of ['the end of the first save\n', 'the end of the second save, and of the file\n']) {
    await expect(page.getByText(/lines/).first()).toBeVisible()
    await edit(page, typed)
    await save(page)
    expected += typed
    expect((await place.pond('texts', 'cat', '/notes.txt')) === expected).toBe(true)
  }
  await page.reload()
  await treeItem(page, /notes\.txt/).click()
  await text(page).focus()
  await page.keyboard.press('ControlOrMeta+End')
  await expect(text(page)).toContainText('the end of the second save, and of the file')
})

test('what others write is shown whole, however often its length changes', async ({ page, place }) => {
  await openNotes(page, place, 'short\n')
  for (const content of [
    'a good deal longer than it was before\n',
    'short again\n',
    'and now the longest of all of them, by far\n',
  ]) {
    await writeFile(place.path('notes.txt'), content)
    await place.pond('texts', 'copy', '--replace', `host://${place.path('notes.txt')}`, '/')
    await expect(text(page)).toHaveText(content.trim())
  }
})

test('content that is not what the entry says is an error, and never shown', async ({ page, place }) => {
  only('web', place, 'nothing can stand between the desktop app and its own scheme')
  await openNotes(page, place, 'as it was imported\n')
  await expect(text(page)).toContainText('as it was imported')
  let answers = 0
  // As a proxy or a cache would that has other bytes: the right length, and one of them wrong.
  await page.route('**/content?**', async (route) => {
    answers++
    const response = await route.fetch()
    await route.fulfill({ response, body: (await response.text()).replace('whole', 'whale') })
  })
  await writeFile(place.path('notes.txt'), 'the whole of it\n')
  await place.pond('texts', 'copy', '--replace', `host://${place.path('notes.txt')}`, '/')
  await expect(page.getByText('api.damaged-transfer')).toBeVisible()
  await expect(page.getByText('whale')).toHaveCount(0)
  expect(answers).toBe(1)
  await page.unrouteAll()
  await page.getByRole('button', { name: 'Read it again' }).click()
  await expect(text(page)).toHaveText('the whole of it')
})

test('a save does not replace what somebody else wrote meanwhile before both were seen', async ({ page, place }) => {
  await openNotes(page, place, 'as it was imported\n')
  const elsewhere = async (content: string): Promise<void> => {
    await writeFile(place.path('notes.txt'), content)
    await place.pond('texts', 'copy', '--replace', `host://${place.path('notes.txt')}`, '/')
  }
  await edit(page, 'mine\n')
  await elsewhere('as it was imported\ntheirs\n')
  await expect(page.getByText('The file has changed since you began')).toBeVisible()
  await expect(text(page)).toContainText('mine')
  await page.keyboard.press('ControlOrMeta+S')

  const dialog = page.getByRole('dialog', { name: 'Somebody else has changed this text' })
  const both = dialog.getByRole('region', { name: 'What is there now, and your edits' })
  await expect(both).toContainText('theirs')
  await expect(both).toContainText('mine')
  await shoot(page, 'text-changed')
  expect(await place.pond('texts', 'cat', '/notes.txt')).toBe('as it was imported\ntheirs\n')

  await elsewhere('theirs, once more\n')
  await dialog.getByRole('button', { name: 'Replace what is there' }).click()
  await expect(both).toContainText('theirs, once more')
  expect(await place.pond('texts', 'cat', '/notes.txt')).toBe('theirs, once more\n')

  await dialog.getByRole('button', { name: 'Save as…' }).click()
  await expect(dialog.getByRole('textbox', { name: /^Name/ })).toHaveValue('notes (mine).txt')
  await dialog.getByRole('button', { name: 'Save under this name' }).click()
  await expect(dialog).toHaveCount(0)
  expect(await place.pond('texts', 'cat', '/notes (mine).txt')).toBe('as it was imported\nmine\n')
  expect(await place.pond('texts', 'cat', '/notes.txt')).toBe('theirs, once more\n')
  await expect(treeItem(page, /^notes\.txt/)).not.toHaveAccessibleName(/unsaved edits/)

  await treeItem(page, /^notes\.txt/).click()
  await expect(text(page)).toContainText('theirs, once more')
  await edit(page, 'mine after all\n')
  await elsewhere('theirs, the last time\n')
  await page.keyboard.press('ControlOrMeta+S')
  await expect(both).toContainText('theirs, the last time')
  await dialog.getByRole('button', { name: 'Replace what is there' }).click()
  await expect(dialog).toHaveCount(0)
  expect(await place.pond('texts', 'cat', '/notes.txt')).toBe('theirs, once more\nmine after all\n')
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeVisible()
  await expect(text(page)).toContainText('mine after all')
})

test('edits of a file that somebody deletes are not lost', async ({ page, place }) => {
  await openNotes(page, place, 'as it was imported\n')
  await edit(page, 'and more\n')
  await place.pond('texts', 'rm', '/notes.txt')
  await page.getByRole('button', { name: 'Save my edits' }).click()
  await expect(text(page)).toContainText('and more')
  expect(await place.pond('texts', 'cat', '/notes.txt')).toBe('as it was imported\nand more\n')
})
