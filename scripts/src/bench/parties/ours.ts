/**
 * Tradewire itself: `signals`, `orders` and `brokers`, a process each; production code and settings.
 * Called by the measures. Must never reach into a service but by its RPCs, its HTTP and, to count, its tables.
 */
import { randomBytes } from 'node:crypto'
import { roleUrl, runMigrations } from '@tradewire/database/migrations'
import { brokersService } from '@tradewire/brokers/service'
import { ordersService } from '@tradewire/orders/service'
import { signalsService } from '@tradewire/signals/service'
import { Client } from 'pg'
import { BenchChild } from '../kit/child.ts'
import { eventually } from '../kit/eventually.ts'
import type { Usage } from '../kit/usage.ts'
import type { Stub } from './stub.ts'

export interface OursSettings {
  /** The administrator's. */
  readonly databaseUrl: string
  readonly natsUrl: string
  readonly stub: Stub
  readonly logFile: string
  /** Passed to Node, for profiles. */
  readonly execArgv?: readonly string[]
}

const definitions = [signalsService, ordersService, brokersService]
const rolePassword = 'bench'
const masterKeyBytes = 32
const startLimitMs = 60_000
const settleLimitMs = 120_000

export class Ours {
  readonly settings: OursSettings
  readonly admin: Client
  private readonly environment: Record<string, string>
  private intake: BenchChild | undefined
  private trading: readonly BenchChild[] = []
  private intakeUrl = ''

  private constructor(settings: OursSettings, admin: Client, environment: Record<string, string>) {
    this.settings = settings
    this.admin = admin
    this.environment = environment
  }

  static async prepare(settings: OursSettings): Promise<Ours> {
    const environment: Record<string, string> = {
      NATS_URL: settings.natsUrl,
      IDENTITY_MASTER_KEY: `v1:${randomBytes(masterKeyBytes).toString('base64')}`,
      BROKERS_MASTER_KEY: `v1:${randomBytes(masterKeyBytes).toString('base64')}`,
      BROKERS_PAPER_URL: settings.stub.url,
      // Rereading what stands at the venue is rare work: by chance it must not fall into one side's measurement.
      BROKERS_RECONCILE_EVERY_MS: '600000',
      BROKERS_BALANCE_EVERY_MS: '3600000',
      // Watched, and never too much.
      ORDERS_ALERTS_PER_MINUTE_MIN: '1000000',
      LOG_LEVEL: 'info',
    }
    for (const { name, database } of definitions) {
      const { schema, migrations } = database!
      const role = `bench_${name}_${new URL(settings.databaseUrl).pathname.slice(1)}`
      const { databaseUrl: adminUrl } = settings
      await runMigrations({ adminUrl, service: name, schema, role, password: rolePassword, migrations })
      environment[`${name.toUpperCase()}_DATABASE_URL`] = roleUrl(adminUrl, role, rolePassword)
      environment[`${name.toUpperCase()}_HTTP_PORT`] = '0'
    }
    const admin = new Client({ connectionString: settings.databaseUrl })
    // A statement that runs fails by itself; the servers may be stopped first when a measure has failed.
    admin.on('error', () => undefined)
    await admin.connect()
    return new Ours(settings, admin, environment)
  }

  get alertUrl(): string {
    return `${this.intakeUrl}/v1/webhook/strategy`
  }

  async startIntake(): Promise<void> {
    this.intake = await this.host({})
    const urls = await this.intake.call<Record<string, string>>('start', ['signals'], startLimitMs)
    this.intakeUrl = urls['signals'] ?? ''
  }

  async startTrading(connections: number): Promise<void> {
    await this.stopTrading()
    const more = { BROKERS_CONNECTIONS: String(connections) }
    this.trading = await Promise.all(
      ['orders', 'brokers'].map(async (name) => {
        const child = await this.host(more)
        await child.call('start', [name], startLimitMs)
        return child
      }),
    )
  }

  async stopTrading(): Promise<void> {
    for (const child of this.trading) await child.call('stop')
    for (const child of this.trading) await child.stop()
    this.trading = []
  }

  /** As a crash would. */
  async killTrading(): Promise<void> {
    await Promise.all(this.trading.map((child) => child.kill()))
    this.trading = []
  }

  /** One row of one statement, asked as administrator. */
  async ask<Row = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row> {
    const { rows } = await this.admin.query(sql, [...parameters])
    return rows[0] as Row
  }

  /** Nothing waits in an outbox, no order is on its way, and `orders` has heard of every answer. */
  async settled(): Promise<void> {
    await eventually('ours settles', settleLimitMs, async () => {
      const { open } = await this.ask<{ open: boolean }>(
        // By partial indexes: what is asked for must not count as work of the database that is measured.
        `select exists (select 1 from brokers.attempt where open and state in ('queued', 'submitting', 'unknown'))
           or exists (select 1 from orders.bracket where holds_slot and state = 'planned')
           or exists (select 1 from signals.outbox where published_at is null)
           or exists (select 1 from orders.outbox where published_at is null)
           or exists (select 1 from brokers.outbox where published_at is null) as open`,
      )
      return !open
    })
  }

  /** Ends all resting orders at the venue, or those of one symbol, and waits until every follow of theirs is free again. */
  async freeFollows(symbol: string | null = null): Promise<void> {
    await this.settled()
    await this.settings.stub.cancelAll(symbol)
    await eventually('follows are free again', settleLimitMs, async () => {
      const { held } = await this.ask<{ held: boolean }>(
        `select exists (select 1 from orders.bracket where holds_slot and ($1::text is null or symbol = $1))
           or exists (select 1 from brokers.attempt where open and state = 'accepted' and ($1::text is null or terms::json ->> 'symbol' = $1)) as held`,
        [symbol],
      )
      return !held
    })
    await this.settled()
    await this.settings.stub.reset()
  }

  intakeUsage(): Usage {
    return this.intake?.usage() ?? { cpuMs: 0, rssBytes: 0 }
  }

  tradingUsage(): Usage {
    const usages = this.trading.map((child) => child.usage())
    return {
      cpuMs: usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      rssBytes: usages.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    }
  }

  /** Of the processes that plan and send, in milliseconds since the last call. */
  loopDelays(): Promise<{ readonly p99: number; readonly most: number }[]> {
    return Promise.all(this.trading.map((child) => child.call<{ p99: number; most: number }>('loopDelays')))
  }

  /** What planning and sending hold after a collection; needs `--expose-gc` among the `execArgv`. */
  async heapInUseBytes(): Promise<number[]> {
    const heaps = await Promise.all(this.trading.map((child) => child.call<NodeJS.MemoryUsage>('heap')))
    return heaps.map(({ heapUsed, external }) => heapUsed + external)
  }

  async stop(): Promise<void> {
    await this.stopTrading()
    await this.intake?.call('stop')
    await this.intake?.stop()
    await this.admin.end()
  }

  private host(more: Readonly<Record<string, string>>): Promise<BenchChild> {
    const { logFile, execArgv = [] } = this.settings
    return BenchChild.start({
      entry: 'service-host',
      logFile,
      execArgv: [...execArgv],
      environment: { ...this.environment, ...more },
    })
  }
}
