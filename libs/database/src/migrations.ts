/**
 * Creates a service's schema and login role and brings its tables up to date, once, under an advisory lock.
 * Called by the launcher, the deployment's migration job and the testkit with an admin connection.
 * Must never run at a service's boot: a service's role cannot create anything outside its schema.
 */
import { Client, escapeIdentifier, escapeLiteral } from 'pg'
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm'
import { narrowedOf } from './own-rows.ts'
import { outboxMigrations } from './outbox-tables.ts'

/** Plain SQL, applied in order in one transaction. The name starts with its number: '001-create-signals'. */
export interface SqlMigration {
  readonly name: string
  readonly sql: readonly string[]
}

/** A TypeORM migration class; its name ends in 13 digits of milliseconds, which give its place. */
export type MigrationClass = new () => MigrationInterface

export type Migration = SqlMigration | MigrationClass

export interface RunMigrationsOptions {
  /** A role that may create roles and schemas in this database. */
  readonly adminUrl: string
  readonly service: string
  readonly schema: string
  readonly role: string
  readonly password: string
  readonly migrations: readonly Migration[]
}

/** 'tradewire' as a number: the lock that all migrations of one database share. */
const migrationLockKey = 842_019_571
const migrationLockWaitMs = 60_000
const libraryEpochMs = 1_600_000_000_000
const serviceEpochMs = 1_700_000_000_000

/** Answers the names of the migrations applied now; an empty list when all was up to date. */
export async function runMigrations(options: RunMigrationsOptions): Promise<string[]> {
  const admin = new Client({ connectionString: options.adminUrl, application_name: `${options.service} migrations` })
  await admin.connect()
  try {
    await admin.query(`set lock_timeout = ${migrationLockWaitMs}`)
    await admin.query('select pg_advisory_lock($1)', [migrationLockKey])
    await createRoleAndSchema(admin, options)
    return await applyMigrations(options)
  } finally {
    // Ending the session releases the lock as well.
    await admin.end()
  }
}

/** The URL with which a service logs in as its own role. */
export function roleUrl(adminUrl: string, role: string, password: string): string {
  const url = new URL(adminUrl)
  url.username = encodeURIComponent(role)
  url.password = encodeURIComponent(password)
  return url.toString()
}

async function createRoleAndSchema(admin: Client, options: RunMigrationsOptions): Promise<void> {
  const role = escapeIdentifier(options.role)
  const schema = escapeIdentifier(options.schema)
  const exists = await admin.query('select 1 from pg_roles where rolname = $1', [options.role])
  const verb = exists.rowCount === 0 ? 'create' : 'alter'
  await admin.query(`${verb} role ${role} login password ${escapeLiteral(options.password)}`)
  const database = escapeIdentifier(
    (await admin.query<{ name: string }>('select current_database() as name')).rows[0]!.name,
  )
  await admin.query(`revoke all on database ${database} from public`)
  await admin.query(`grant connect on database ${database} to ${role}`)
  await admin.query('revoke all on schema public from public')
  // The admin must be a member of the role to give it a schema, unless it is a superuser.
  await admin.query(`grant ${role} to current_user`)
  await admin.query(`create schema if not exists ${schema} authorization ${role}`)
  await createNarrowed(admin, options)
  await admin.query(`alter role ${role} in database ${database} set search_path = ${schema}`)
}

/** The role that the service becomes to work for one user; its tables grant it what it may see and change. */
async function createNarrowed(admin: Client, { role, schema }: RunMigrationsOptions): Promise<void> {
  const name = narrowedOf(role)
  const narrowed = escapeIdentifier(name)
  const exists = await admin.query('select 1 from pg_roles where rolname = $1', [name])
  if (exists.rowCount === 0) await admin.query(`create role ${narrowed} nologin`)
  await admin.query(`grant ${narrowed} to ${escapeIdentifier(role)} with inherit false, set true`)
  await admin.query(`grant usage on schema ${escapeIdentifier(schema)} to ${narrowed}`)
}

async function applyMigrations(options: RunMigrationsOptions): Promise<string[]> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: roleUrl(options.adminUrl, options.role, options.password),
    schema: options.schema,
    applicationName: `${options.service} migrations`,
    poolSize: 2,
    installExtensions: false,
    logging: false,
    migrationsTableName: 'schema_migration',
    migrations: [
      ...outboxMigrations.map((one) => migrationClass(one, libraryEpochMs, 'Bus')),
      ...options.migrations.map((one) => ('sql' in one ? migrationClass(one, serviceEpochMs, options.service) : one)),
    ] as MigrationClass[],
    extra: { options: `-c search_path=${options.schema}` },
  })
  await dataSource.initialize()
  try {
    const applied = await dataSource.runMigrations({ transaction: 'each' })
    return applied.map(({ name }) => name)
  } finally {
    await dataSource.destroy()
  }
}

/** TypeORM orders migrations by the 13 digits that end their name. */
function migrationClass(migration: SqlMigration, epochMs: number, owner: string): MigrationClass {
  const place = Number.parseInt(/^\d+/.exec(migration.name)?.[0] ?? '', 10)
  if (!Number.isSafeInteger(place)) throw new Error(`migration ${migration.name}: the name must start with its number`)
  return class implements MigrationInterface {
    name = `${owner}-${migration.name}-${epochMs + place}`

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of migration.sql) await runner.query(statement)
    }

    async down(): Promise<void> {
      throw new Error('migrations of this project only go forward')
    }
  }
}
