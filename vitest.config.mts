/**
 * Tests without a browser, in the projects of test/projects.mts: `vitest run --project system test/query`.
 * The report is of one run, whatever it ran.
 */
import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { PROJECTS } from './test/projects.mts'

export default defineConfig({
  test: {
    pool: 'forks',
    // More than cores: a third of the time a worker waits, for a disk, a process or a clock.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    restoreMocks: true,
    // What was made of each source, by its content: a fifth of the time of a short run.
    experimental: { fsModuleCache: true },
    reporters: ['default', './test/skip-reasons.ts', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    projects: PROJECTS.map(({ name, include, exclude, isShared, timeoutMs }) => ({
      extends: true as const,
      test: {
        name,
        include: [...include],
        exclude: [...configDefaults.exclude, ...exclude],
        isolate: !isShared,
        // Properties make much that is soon garbage: a larger nursery saves a fifteenth of the time.
        execArgv: isShared ? ['--max-semi-space-size=64'] : [],
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        ...(name === 'interop' && { globalSetup: ['test/interop/setup.ts'] }),
      },
    })),
  },
})
