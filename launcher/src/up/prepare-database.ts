/**
 * Gives every service its schema, its login role and up-to-date tables. Called by `up` and `migrate`.
 * Must never run while the services of an older version are starting: it runs before them.
 */
import { roleUrl, runMigrations } from '@tradewire/database/migrations'
import type { AnyServiceDefinition } from '@tradewire/nest-kit/define-service'
import type { DatabaseLogin } from '../services/service-environment.ts'
import { LauncherError, messageOf } from '../terminal/launcher-error.ts'

export interface PreparedService {
  readonly service: string
  /** Login of the service's own role. */
  readonly url: string
  /** Names of the migrations applied now. */
  readonly applied: readonly string[]
}

export async function prepareDatabase(
  adminUrl: string,
  definitions: readonly AnyServiceDefinition[],
  loginOf: (service: string) => DatabaseLogin,
): Promise<PreparedService[]> {
  const prepared: PreparedService[] = []
  for (const { name: service, database } of definitions) {
    if (database === undefined) continue
    const { role, password } = loginOf(service)
    const { schema, migrations } = database
    const applied = await runMigrations({ adminUrl, service, schema, role, password, migrations }).catch(
      (cause: unknown) => {
        throw new LauncherError(`the migrations of ${service} failed: ${messageOf(cause)}`)
      },
    )
    prepared.push({ service, url: roleUrl(adminUrl, role, password), applied })
  }
  return prepared
}
