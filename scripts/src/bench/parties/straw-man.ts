/**
 * The straw man, started and watched: the physical limit beside which ours is measured.
 * Called by the measures. Must never share a database or a stream with ours.
 */
import { AckPolicy, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream'
import { connect, type NatsConnection } from 'nats'
import { Client } from 'pg'
import { BenchChild } from '../kit/child.ts'
import { eventually } from '../kit/eventually.ts'
import { strawConsumer, strawStreams, strawSubjects } from '../kit/straw-names.ts'
import type { Usage } from '../kit/usage.ts'

export interface StrawSettings {
  readonly databaseUrl: string
  readonly natsUrl: string
  readonly exchangeUrl: string
  readonly logFile: string
}

const tables = [
  `create table if not exists signal (id uuid primary key, body jsonb not null, created_at timestamptz not null default now())`,
  `create table if not exists orders (
     id uuid primary key, signal_id uuid not null, account_id uuid not null, client_order_id text not null,
     side text not null, quantity numeric not null, price numeric not null, status text not null default 'submitting',
     venue_order_id text, created_at timestamptz not null default now(), answered_at timestamptz,
     unique (signal_id, account_id))`,
]
const settleLimitMs = 60_000
const ackPendingMax = 10_000

export class StrawMan {
  private readonly settings: StrawSettings
  private readonly admin: Client
  private readonly nats: NatsConnection
  private gateway: BenchChild | undefined
  private worker: BenchChild | undefined
  private port = 0

  private constructor(settings: StrawSettings, admin: Client, nats: NatsConnection) {
    this.settings = settings
    this.admin = admin
    this.nats = nats
  }

  static async prepare(settings: StrawSettings): Promise<StrawMan> {
    const admin = new Client({ connectionString: settings.databaseUrl })
    // A statement that runs fails by itself; the servers may be stopped first when a measure has failed.
    admin.on('error', () => undefined)
    await admin.connect()
    for (const table of tables) await admin.query(table)
    const nats = await connect({ servers: settings.natsUrl })
    const manager = await jetstreamManager(nats)
    for (const [name, subject] of [
      [strawStreams.signals, strawSubjects.signal],
      [strawStreams.events, strawSubjects.event],
    ] as const) {
      await manager.streams.add({
        name,
        subjects: [subject],
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
      })
    }
    await manager.consumers.add(strawStreams.signals, {
      durable_name: strawConsumer,
      ack_policy: AckPolicy.Explicit,
      max_ack_pending: ackPendingMax,
    })
    return new StrawMan(settings, admin, nats)
  }

  get alertUrl(): string {
    return `http://127.0.0.1:${this.port}/signal`
  }

  async startGateway(commits: 'micro-batched' | 'per-request' = 'micro-batched'): Promise<void> {
    await this.gateway?.stop()
    this.gateway = await BenchChild.start({ entry: 'straw-gateway', logFile: this.settings.logFile })
    const { databaseUrl, natsUrl } = this.settings
    this.port = await this.gateway.call<number>('start', { databaseUrl, natsUrl, commits })
  }

  async startWorker(connections: number): Promise<void> {
    await this.worker?.stop()
    this.worker = await BenchChild.start({ entry: 'straw-worker', logFile: this.settings.logFile })
    const { databaseUrl, natsUrl, exchangeUrl } = this.settings
    await this.worker.call('start', { databaseUrl, natsUrl, exchangeUrl, connections })
  }

  /** An alert for so many followers. */
  alert(followers: number): string {
    return JSON.stringify({
      strategy: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
      secret: 'straw-man-straw-man-straw-man-straw-man-0001',
      followers,
      side: 'buy',
      price: '40000.1',
      stop: '39000',
      takeProfit: '41000',
      alertId: String(performance.now()),
    })
  }

  /** Every row has its result and every signal its acknowledgement. */
  async settled(): Promise<void> {
    const manager = await jetstreamManager(this.nats)
    await eventually('the straw man settles', settleLimitMs, async () => {
      const { num_pending: pending, num_ack_pending: unacked } = await manager.consumers.info(
        strawStreams.signals,
        strawConsumer,
      )
      return pending === 0 && unacked === 0
    })
    const open = await this.admin.query(`select 1 from orders where status <> 'accepted' limit 1`)
    if (open.rowCount !== 0) throw new Error('the straw man has lost orders')
  }

  async orders(): Promise<number> {
    const counted = await this.admin.query<{ count: number }>('select count(*)::int as count from orders')
    return counted.rows[0]?.count ?? 0
  }

  /** Nothing of what was accepted without a worker is worked on later. */
  async forgetSignals(): Promise<void> {
    const manager = await jetstreamManager(this.nats)
    await manager.streams.purge(strawStreams.signals)
    await this.admin.query('truncate signal')
  }

  gatewayUsage(): Usage {
    return this.gateway?.usage() ?? { cpuMs: 0, rssBytes: 0 }
  }

  workerUsage(): Usage {
    return this.worker?.usage() ?? { cpuMs: 0, rssBytes: 0 }
  }

  async stop(): Promise<void> {
    await this.gateway?.stop()
    await this.worker?.stop()
    await this.admin.end()
    await this.nats.close()
  }
}
