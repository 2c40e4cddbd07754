/**
 * Tests without a browser. Project "unit" is everything beside the source and under test/ that needs no
 * build; "built" starts what `npm run build` left; each folder of HEAVY is a project of its own, because
 * it takes minutes or needs what `npm ci` does not bring: `vitest run --project interop`.
 */
import { defineConfig } from 'vitest/config'

const HEAVY = ['interop', 'crash', 'memory', 'model', 'long', 'torture']
const BUILT = ['cli', 'library', 'processes']

export default defineConfig({
  test: {
    pool: 'forks',
    restoreMocks: true,
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/unit.json' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
          exclude: [`test/{${[...HEAVY, ...BUILT].join(',')}}/**`],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'built',
          include: [`test/{${BUILT.join(',')}}/**/*.test.ts`],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      ...HEAVY.map((name) => ({
        extends: true as const,
        test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 600_000, hookTimeout: 600_000 },
      })),
    ],
  },
})
