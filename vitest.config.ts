import { defineConfig } from 'vitest/config'

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
          globalSetup: ['./engine/store/testing/global-setup.ts'],
          pool: 'forks',
          execArgv: ['--no-node-snapshot'],
          testTimeout: 30_000,
          expect: { poll: { timeout: 20_000 } },
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
