/** A page that finds another build of DuckPond behind its address, as after an upgrade. */
import type { Page } from '@playwright/test'
import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from './desktop'
import { expect, only, shoot, test, treeItem, violationsOf, type Workplace } from './support'

const band = (page: Page) => page.getByRole('status', { name: 'New build' })
const connected = (page: Page) => page.getByRole('contentinfo', { name: 'Status' }).filter({ hasText: 'Connected' })
/** Empty while the page is being loaded, too. */
const isNew = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.body).getPropertyValue('--other-build')).catch(() => '')

test.beforeEach(({ place }) => only('web', place, 'in the desktop app the page ends with its host'))

/** The build that is tested, beside itself, where it can be replaced. */
async function copyBuild(place: Workplace): Promise<string> {
  const built = place.path('app', 'out')
  await cp(join(ROOT, 'out'), built, { recursive: true })
  await cp(join(ROOT, 'resources'), place.path('app', 'resources'), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), place.path('app', 'node_modules'))
  return built
}

/** As an upgrade does: the page names something that it did not. */
async function replacePage(built: string): Promise<void> {
  const file = join(built, 'renderer/index.html')
  const page = await readFile(file, 'utf8')
  await writeFile(join(built, 'renderer/assets/other-1a2b3c.css'), 'body { --other-build: yes }')
  await writeFile(file, page.replace('</head>', '<link rel="stylesheet" href="./assets/other-1a2b3c.css"></head>'))
}

test('a page whose host is replaced by another build offers to reload, and has its unsaved edits back', async ({
  page,
  place,
}) => {
  const built = await copyBuild(place)
  await place.make('p', (pond) => pond.createFile('/notes.txt', 'as it was\n'))
  const first = await place.serve('p', { sameAddress: true, built })
  await page.goto(first.url)
  await treeItem(page, /notes\.txt/).click()
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.keyboard.type('not yet saved ')

  await first.stop()
  const same = await place.serve('p', { sameAddress: true, built })
  await expect(connected(page)).toBeVisible()
  await expect(band(page)).toHaveCount(0)

  await same.stop()
  await replacePage(built)
  await place.serve('p', { sameAddress: true, built })
  await expect(band(page)).toContainText('unsaved edits are kept')
  await shoot(page, 'new-build')
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    expect(await violationsOf(page, place)).toEqual([])
  }
  page.on('dialog', (dialog) => void dialog.dismiss())
  await band(page).getByRole('button', { name: 'Reload' }).click()
  await expect.poll(() => isNew(page)).toBe('yes')
  await treeItem(page, /notes\.txt/).click()
  await expect(page.getByRole('textbox', { name: 'Text of notes.txt' })).toContainText('not yet saved as it was')
  await expect(band(page)).toHaveCount(0)
})

test('a page with "reload" in its address loads another build by itself, as npm run dev wants it', async ({
  page,
  place,
}) => {
  const built = await copyBuild(place)
  await place.make('p')
  const first = await place.serve('p', { sameAddress: true, built })
  await page.goto(`${first.url}&reload`)
  await expect(connected(page)).toBeVisible()
  await first.stop()
  await replacePage(built)
  await place.serve('p', { sameAddress: true, built })
  await expect.poll(() => isNew(page), { timeout: 20_000 }).toBe('yes')
  await expect(connected(page)).toBeVisible()
})

test('the first screen offers to reload, too', async ({ page, place }) => {
  const built = await copyBuild(place)
  const first = await place.serve(null, { sameAddress: true, built })
  await page.goto(first.url)
  await expect(page.getByRole('heading', { name: 'DuckPond' })).toBeVisible()
  await first.stop()
  await replacePage(built)
  await place.serve(null, { sameAddress: true, built })
  await expect(band(page)).toBeVisible()
  await shoot(page, 'new-build-welcome')
})
