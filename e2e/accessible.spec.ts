/** Every main view is clean for assistive technology, in both themes. */
import { expect, test, treeItem, violationsOf } from './support'

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no view has an accessibility violation (${colorScheme})`, async ({ page, place }) => {
    await place.pond('sample', 'init', place.path('sample'), '--sample')
    const { url } = await place.serve('sample')
    await page.emulateMedia({ colorScheme })
    await page.goto(url)
    const clean = async (view: string): Promise<void> => {
      expect(await violationsOf(page, place), view).toEqual([])
    }
    await treeItem(page, /README\.md/).click()
    await expect(page.getByRole('tab', { name: 'Versions' })).toBeVisible()
    await clean('text')
    await treeItem(page, /daily\.csv/)
      .first()
      .click()
    await page.getByRole('tab', { name: 'Changes' }).click()
    await page.getByRole('option', { name: /README\.md/ }).click()
    await clean('changes')
    await page.getByRole('tab', { name: 'History' }).click()
    await expect(page.getByRole('option', { name: /Add 2015/ })).toBeVisible()
    await clean('history')
    await page.getByRole('tab', { name: 'SQL' }).click()
    await page.getByRole('textbox', { name: 'SQL editor' }).focus()
    await page.keyboard.insertText('SELECT 1 AS one')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await expect(page.getByRole('grid', { name: 'Result' })).toBeVisible()
    await clean('SQL')
    await page.getByRole('slider', { name: 'Version' }).focus()
    await page.keyboard.press('Home')
    await expect(page.getByText('You are looking at version 0 of 5')).toBeVisible()
    await clean('the past')
  })
}
