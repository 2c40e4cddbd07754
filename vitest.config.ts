/** Unit tests: everything beside the source and under test/ that needs neither a build nor a browser. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    // Suites with a script of their own: they take minutes, or need what `npm ci` does not bring.
    exclude: ['test/{interop,crash,memory}/**', 'node_modules/**'],
    environment: 'node',
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    restoreMocks: true,
  },
})
