/**
 * `pnpm mutation:cores`: which files are changed in every way that Stryker knows, and how many of the changes tests must notice.
 * `pnpm mutation:cores --mutate FILE` for one of them. Must never fall below its threshold: what survives is a test that is missing.
 */
export default {
  packageManager: 'pnpm',
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.cores.config.ts', related: true },
  coverageAnalysis: 'perTest',
  // A table that is read once at the start would be tried with every test there is.
  ignoreStatic: true,
  mutate: [
    'services/brokers/src/domain/attempt/absence.ts',
    'services/brokers/src/domain/attempt/attempt.ts',
    'services/brokers/src/domain/reconcile/reconcile.ts',
    'services/orders/src/domain/bracket/bracket.ts',
    'services/orders/src/domain/bracket/decide.ts',
    'services/orders/src/domain/bracket/leg.ts',
    'services/orders/src/domain/bracket/position.ts',
    'services/orders/src/domain/bracket/taken.ts',
    'services/orders/src/domain/bracket/trade.ts',
    'services/orders/src/domain/exits/stops.ts',
    'services/orders/src/domain/exits/targets.ts',
    'services/orders/src/domain/exits/watch.ts',
    'services/orders/src/domain/gate/entitlement.ts',
    'services/orders/src/domain/gate/gate.ts',
    'services/orders/src/domain/gate/open-position.ts',
    'services/orders/src/domain/gate/trading-window.ts',
    'services/orders/src/domain/planning/prices.ts',
    'services/orders/src/domain/sizing/conversion.ts',
    'services/orders/src/domain/sizing/provider.ts',
    'services/orders/src/domain/sizing/rates.ts',
    'services/orders/src/domain/sizing/sizing.ts',
    'services/orders/src/domain/stopping/kill-switch.ts',
    'services/orders/src/domain/stopping/loss-limit.ts',
    'services/orders/src/domain/stopping/trading-day.ts',
    'libs/kernel/src/decimal.ts',
  ],
  // Copied into the sandbox; packages find each other through links into the real tree, so only these are changed.
  ignorePatterns: [
    '**',
    '!package.json',
    '!vitest.cores.config.ts',
    '!services/{orders,brokers}/package.json',
    '!services/{orders,brokers}/src/**',
    '!libs/{kernel,testkit}/package.json',
    '!libs/{kernel,testkit}/src/**',
  ],
  concurrency: 2,
  // On a busy machine a slow test is no proof that a change was noticed.
  timeoutMS: 60_000,
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: 'coverage/mutation-cores.json' },
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  warnings: { slow: false },
}
