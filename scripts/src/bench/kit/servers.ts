/**
 * The servers that both sides share: one PostgreSQL with a database per side, one nats-server.
 * Called once by each bench. Must never run with fsync off.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { findNatsServer } from '@tradewire/backends/find-nats-server'
import { startNats } from '@tradewire/backends/start-nats'
import { startPostgres } from '@tradewire/backends/start-postgres'
import { Client } from 'pg'
import { repositoryRoot } from '../../check/repository.ts'
import { atEnd } from './cleanup.ts'
import { familyOf, type Usage, usageOf } from './usage.ts'

export interface Servers {
  readonly natsUrl: string
  readonly natsVersion: string
  readonly postgresVersion: string
  /** Creates the database when it is missing; answers the administrator's URL of it. */
  database(name: string): Promise<string>
  postgresUsage(): Usage
  natsUsage(): Usage
}

/** As design/performance.md section 2 measured: defaults besides these, all durability settings on. */
const postgresSettings = {
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  max_connections: '200',
  shared_preload_libraries: 'pg_stat_statements',
}
/**
 * As of a server that has run for a while, which writes its log into files that it has used before. A new one fills each
 * new file of 16 MB with zeros first, and for those 80 to 110 ms nobody can commit.
 */
const logFilesReady = 48
/** The server's own default: an acknowledgement does not mean "on disk". The same for both sides. */
const syncInterval = '2m'

export async function startServers(directory: string, onProgress: (line: string) => void): Promise<Servers> {
  await mkdir(directory, { recursive: true })
  const tools = join(repositoryRoot(), '.tools')
  const nats = await findNatsServer({ toolsDirectory: tools, onProgress })
  const postgres = await startPostgres({
    directory: join(directory, 'postgres'),
    logFile: join(directory, 'postgres.log'),
    settings: postgresSettings,
    onProgress,
  })
  atEnd(() => postgres.stop())
  const bus = await startNats({
    directory: join(directory, 'nats'),
    executable: nats.path,
    logFile: join(directory, 'nats.log'),
    syncInterval,
  })
  atEnd(() => bus.stop())
  const admin = new Client({ connectionString: postgres.url })
  admin.on('error', () => undefined)
  await admin.connect()
  atEnd(() => admin.end())
  // Statements are counted only where they are the measure.
  await admin.query(`alter system set pg_stat_statements.track = 'none'`)
  await admin.query('alter system set pg_stat_statements.track_utility = off')
  await admin.query('select pg_reload_conf()')
  await makeLogFilesReady(admin)
  await touchBuffers(admin)
  const version = await admin.query<{ version: string }>(`select current_setting('server_version') as version`)
  return {
    natsUrl: bus.url,
    natsVersion: nats.version,
    postgresVersion: version.rows[0]?.version ?? '',
    async database(name) {
      const known = await admin.query('select 1 from pg_database where datname = $1', [name])
      if (known.rowCount === 0) await admin.query(`create database ${name}`)
      const url = new URL(postgres.url)
      url.pathname = `/${name}`
      return url.toString()
    },
    postgresUsage: () => usageOf(familyOf(postgres.pid)),
    natsUsage: () => usageOf([bus.pid]),
  }
}

/**
 * As of a server that has run for a while, too: the system hands out memory page by page when it is used first, which
 * costs more than what is written there. Pages of a table that is gone are free again.
 */
async function touchBuffers(admin: Client): Promise<void> {
  await admin.query('create unlogged table filler (filling text storage plain)')
  await admin.query(
    `insert into filler select repeat('x', 1900) from generate_series(1,
       4 * (select setting::int from pg_settings where name = 'shared_buffers'))`,
  )
  await admin.query('drop table filler')
}

/** Each switch leaves a file behind, and the checkpoint makes all of them files to come. */
async function makeLogFilesReady(admin: Client): Promise<void> {
  for (let file = 0; file < logFilesReady; file += 1) {
    // A file in which nothing stands is not left.
    await admin.query(`select pg_logical_emit_message(false, 'bench', '')`)
    await admin.query('select pg_switch_wal()')
  }
  await admin.query('checkpoint')
}
