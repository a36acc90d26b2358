/**
 * The unit tests of the pure cores by themselves, for `pnpm mutation:cores`: they run once for each mutant.
 * Called by Stryker. Must never need PostgreSQL or NATS.
 */
import { defineConfig } from 'vitest/config'

const conditions = ['source', 'module', 'node', 'development|production']
const unitTimeoutMs = 60_000

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['services/{orders,brokers}/src/domain/**/*.spec.ts', 'libs/kernel/src/decimal.spec.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: unitTimeoutMs,
    setupFiles: ['libs/testkit/src/vitest-property-seed.ts'],
  },
})
