/**
 * End-to-end tests: the same specs against the local web host in an installed Chromium-family browser
 * (project "web") and in the desktop window, where there are an Electron and a display (project "electron").
 * `npm run e2e` sees to both.
 */
import { defineConfig } from '@playwright/test'
import type { HostKind } from './e2e/support'
import { findBrowser } from './scripts/browser'
import { findTestElectron } from './scripts/test-electron'
import { hasDisplay } from './src/main/web/open'

const executablePath = findBrowser()
const electron = hasDisplay() ? findTestElectron() : undefined
// Playwright's launcher finds the binary by it, in the workers too, which read this file as well.
Object.assign(process.env, electron?.env)

export default defineConfig<object, { readonly hostKind: HostKind }>({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  fullyParallel: false,
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    // Without the film, which is a tenth of the time of a test.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
  },
  projects: [
    {
      name: 'web',
      use: {
        hostKind: 'web',
        viewport: { width: 1440, height: 900 },
        browserName: 'chromium',
        launchOptions: {
          ...(executablePath === undefined ? {} : { executablePath }),
          // Chromium refuses its sandbox to root, which is what a container runs as.
          args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
        },
      },
    },
    // Windows of one display take the focus from each other: one spec at a time.
    ...(electron === undefined ? [] : [{ name: 'electron', workers: 1, use: { hostKind: 'electron' as const } }]),
  ],
})
