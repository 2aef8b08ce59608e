import { configDefaults, defineConfig } from 'vitest/config'

/** Processes that are killed, again and again: these take minutes. */
const FAULTS = 'engine/run/testing/faults/**/*.test.ts'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{.ci,engine,plugins,nodes,templates,prisma,bench}/**/*.test.ts',
            'studio/**/*.unit.test.ts',
          ],
          exclude: [...configDefaults.exclude, FAULTS],
          globalSetup: ['./engine/store/testing/global-setup.ts'],
          pool: 'forks',
          execArgv: ['--no-node-snapshot'],
          testTimeout: 30_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          name: 'faults',
          include: [FAULTS],
          globalSetup: ['./engine/store/testing/global-setup.ts'],
          pool: 'forks',
          execArgv: ['--no-node-snapshot'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['./engine/store/testing/global-setup.ts'],
          pool: 'forks',
          execArgv: ['--no-node-snapshot'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
})
