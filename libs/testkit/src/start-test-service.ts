/**
 * A service under test: its migrations run, then the real thing starts on free ports against the file's servers.
 * Called by integration specs. Must never run a service with other code than production does.
 */
import { environmentName } from '@tradewire/config/define-config'
import { roleUrl, runMigrations } from '@tradewire/database/migrations'
import type { AnyServiceDefinition } from '@tradewire/nest-kit/define-service'
import { type RunningService, type StartOptions, startService } from '@tradewire/nest-kit/start-service'
import { createLogger } from '@tradewire/observability/logger'
import type { TestBackends } from './test-backends.ts'

export interface TestServiceOverrides extends StartOptions {
  /** Settings by environment name, such as { ORDERS_BATCH_ROWS: '10' }. */
  readonly settings?: Readonly<Record<string, string>>
  /** False: without nats-server, although the service uses the bus; the address given leads nowhere. */
  readonly nats?: boolean
}

export interface TestService extends RunningService {
  /** The url with which the service logs in; undefined when it has no database. */
  readonly databaseUrl: string | undefined
  readonly environment: Readonly<Record<string, string>>
}

const testPassword = 'test-only'
/** A port that nothing listens on: discard. */
const nowhere = 'nats://127.0.0.1:9'

/** Starts the service and stops it before the file's servers stop; stopping it earlier is fine. */
export async function startTestService(
  definition: AnyServiceDefinition,
  backends: TestBackends,
  overrides: TestServiceOverrides = {},
): Promise<TestService> {
  const { settings = {}, nats = true, ...options } = overrides
  const databaseUrl = await migrateForTest(definition, backends)
  const prefix = definition.config.prefix
  const environment: Record<string, string> = {
    DATABASE_URL: databaseUrl ?? backends.adminUrl,
    NATS_URL: nats && definition.bus ? backends.natsUrl : nowhere,
    LOG_LEVEL: 'warn',
    TRADEWIRE_ENVIRONMENT: 'test',
    [environmentName(prefix, 'httpPort')]: '0',
    ...('operationsPort' in definition.config.settings ? { [environmentName(prefix, 'operationsPort')]: '0' } : {}),
    ...(databaseUrl === undefined ? {} : { [environmentName(prefix, 'databaseUrl')]: databaseUrl }),
    ...settings,
  }
  const logger = options.logger ?? createLogger({ service: definition.name, level: 'warn' })
  const service = await startService(definition, environment, { ...options, logger })
  backends.onStop(() => service.stop())
  return { ...service, databaseUrl, environment }
}

/** Brings the service's schema up to date in the file's database; answers the login url of the service's own role. */
export async function migrateForTest(
  definition: AnyServiceDefinition,
  backends: TestBackends,
): Promise<string | undefined> {
  if (definition.database === undefined) return undefined
  const { schema, migrations } = definition.database
  const role = `${schema}_${backends.databaseName}`
  await runMigrations({
    adminUrl: backends.adminUrl,
    service: definition.name,
    schema,
    role,
    password: testPassword,
    migrations,
  })
  return roleUrl(backends.adminUrl, role, testPassword)
}
