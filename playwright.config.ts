/**
 * End-to-end tests: the same specs against the local web host in an installed Chromium-family browser
 * (project "web") and against the desktop window, where Electron's binary is present (project "electron").
 */
import { defineConfig } from '@playwright/test'
import { findBrowser, hasElectron } from './scripts/browser'

const executablePath = findBrowser()

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  fullyParallel: false,
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    acceptDownloads: true,
  },
  projects: [
    {
      name: 'web',
      use: {
        browserName: 'chromium',
        launchOptions: {
          ...(executablePath === undefined ? {} : { executablePath }),
          // Chromium refuses its sandbox to root, which is what a container runs as.
          args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
        },
      },
    },
    ...(hasElectron() ? [{ name: 'electron' }] : []),
  ],
})
