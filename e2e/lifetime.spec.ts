/** What an open page goes through: its host starts again, its pond's folder goes away and comes back. */
import { rename } from 'node:fs/promises'
import { expect, only, test } from './support'

test('an open page connects again by itself when DuckPond is started again', async ({ page, place }) => {
  only('web', place, 'in the desktop app the page ends with its host')
  await place.make('pond')
  const first = await place.serve('pond', { sameAddress: true })
  await page.goto(first.url)
  await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText('Connected')
  await page.evaluate(() => localStorage.setItem('kept', 'yes'))
  await first.stop()
  await expect(page.getByText('DuckPond does not answer')).toBeVisible()
  const second = await place.serve('pond', { sameAddress: true })
  expect(second.url).toBe(first.url)
  await expect(page.getByText('DuckPond does not answer')).toBeHidden({ timeout: 15_000 })
  await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText('Connected')
  await page.reload()
  await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText('Connected')
  expect(await page.evaluate(() => localStorage.getItem('kept'))).toBe('yes')
})

test('a folder that was moved away is said to be gone, and everything goes on when it is back', async ({
  page,
  place,
}) => {
  await place.make('pond', (pond) => pond.createDirectory('/here'))
  await page.goto((await place.serve('pond')).url)
  await expect(page.getByText('here', { exact: true }).first()).toBeVisible()
  const band = page.getByRole('status').filter({ hasText: `The folder of this pond is gone: ${place.path('pond')}` })

  await rename(place.path('pond'), place.path('elsewhere'))
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(band).toBeVisible()
  await page.getByRole('button', { name: 'Look again' }).click()
  await expect(band).toBeVisible()
  await page.getByRole('tab', { name: 'History' }).click()

  await rename(place.path('elsewhere'), place.path('pond'))
  await expect(band).toBeHidden({ timeout: 10_000 })
  await expect(page.getByText('platform.not-found')).toHaveCount(0)
  await place.pond('pond', 'mkdir', '/more')
  await page.getByRole('tab', { name: 'Files' }).click()
  await expect(page.getByText('more', { exact: true }).first()).toBeVisible({ timeout: 20_000 })

  await rename(place.path('pond'), place.path('elsewhere'))
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(band).toBeVisible()
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await expect(page.getByRole('button', { name: /open/i }).first()).toBeVisible()
})
