/**
 * All tests of the workspace, in three projects: unit, integration (real PostgreSQL and NATS) and e2e (whole system).
 * Called by `vitest run [--project unit] [path]`. Packages resolve to their sources, so nothing is built before.
 */
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const conditions = ['source', 'module', 'node', 'development|production']
const folders = '{libs,services,launcher,scripts,simulator,chaos,sdks,e2e}'
const unitTimeoutMs = 60_000
const integrationTimeoutMs = 60_000
const e2eTimeoutMs = 180_000
/** One more than the processors of a small machine: most files wait for a server half of the time. */
const workersMax = 3
/** Whole systems at once: each of them wants about one processor. */
const systemsMax = 2

/** Only what draws examples loads what seeds them: loading it costs more than most specs take. */
const propertySeed = {
  name: 'property-seed',
  enforce: 'pre' as const,
  transform: (code: string) =>
    code.includes(`import fc from 'fast-check'`)
      ? { code: `import '${import.meta.dirname}/libs/testkit/src/vitest-property-seed.ts';${code}`, map: null }
      : undefined,
}

/** Files that play whole worlds take minutes: begun last, one of them would run alone while a processor has nothing to do. */
class WorldsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const playsWorlds = ({ moduleId }: TestSpecification): boolean => /\/(simulator|e2e|chaos)\/src\//.test(moduleId)
    const [worlds = [], others = []] = [true, false].map((wanted) => files.filter((one) => playsWorlds(one) === wanted))
    return [...worlds, ...(await super.sort(others))]
  }
}

const backends = ['libs/testkit/src/vitest-global-setup.ts']

export default defineConfig({
  plugins: [propertySeed],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${folders}/**/*.spec.ts`],
          exclude: ['**/node_modules/**', '**/dist/**'],
          testTimeout: unitTimeoutMs,
        },
      },
      {
        test: {
          name: 'integration',
          include: [`${folders}/**/*.int-spec.ts`],
          exclude: ['**/node_modules/**', '**/dist/**'],
          globalSetup: backends,
          testTimeout: integrationTimeoutMs,
          hookTimeout: integrationTimeoutMs,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e-spec.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          globalSetup: backends,
          testTimeout: e2eTimeoutMs,
          hookTimeout: e2eTimeoutMs,
          maxWorkers: systemsMax,
        },
      },
    ],
    pool: 'forks',
    sequence: { sequencer: WorldsFirst },
    maxWorkers: workersMax,
    restoreMocks: true,
    unstubEnvs: true,
  },
})
