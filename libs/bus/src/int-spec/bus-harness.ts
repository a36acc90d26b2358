/** A service in small on real servers: schema, database, bus, relay and runner. Called by the bus's int-specs only. */
import { Database } from '@tradewire/database/database'
import { roleUrl, runMigrations } from '@tradewire/database/migrations'
import { SystemClock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { type MemoryLogger, memoryLogger } from '@tradewire/testkit/memory-logger'
import type { TestBackends } from '@tradewire/testkit/test-backends'
import { Bus } from '../connection.ts'
import { ConsumerRunner } from '../consume/consumer-runner.ts'
import { OutboxRelay } from '../publish/relay.ts'
import { contracts } from './things.ts'

export const clock = new SystemClock()
export const ids = new UuidV7Source()

export interface Node {
  readonly database: Database
  readonly bus: Bus
  readonly runner: ConsumerRunner
  readonly relay: OutboxRelay
  readonly log: MemoryLogger
  stop(): Promise<void>
}

const role = 'things'
const password = 'things-password'
const poolMax = 10

export class BusHarness {
  readonly backends: TestBackends
  private readonly nodes: Node[] = []

  constructor(backends: TestBackends) {
    this.backends = backends
  }

  /** Creates the schema with a table of effects: (consumer, number) counts how often a handler wrote it. */
  async prepare(): Promise<void> {
    this.backends.onStop(() => this.stop())
    await runMigrations({
      adminUrl: this.backends.adminUrl,
      service: 'things',
      schema: 'things',
      role: this.role(),
      password,
      migrations: [
        {
          name: '001-effect',
          sql: [
            'create table effect (consumer text not null, number int not null, at timestamptz not null default now())',
          ],
        },
      ],
    })
  }

  async database(): Promise<Database> {
    return Database.connect({
      url: roleUrl(this.backends.adminUrl, this.role(), password),
      schema: 'things',
      poolMax,
      applicationName: 'bus int-spec',
      clock,
      ids,
    })
  }

  /** One process's worth of bus. `relay: false` leaves the outbox to others. */
  async node(options: { readonly relay?: boolean; readonly natsUrl?: string } = {}): Promise<Node> {
    const log = memoryLogger('things')
    const database = await this.database()
    const bus = await Bus.connect({
      url: options.natsUrl ?? this.backends.natsUrl,
      name: 'things',
      logger: log.logger,
      contracts,
    })
    const runner = new ConsumerRunner({ bus, database, clock, logger: log.logger, redeliveryWaitsMs: [50, 100] })
    const relay = new OutboxRelay({ bus, database, clock, logger: log.logger })
    if (options.relay !== false) relay.start()
    let stopped: Promise<void> | undefined
    const node: Node = {
      database,
      bus,
      runner,
      relay,
      log,
      stop: () => (stopped ??= stopAll()),
    }
    const stopAll = async (): Promise<void> => {
      await runner.stop()
      await relay.stop()
      await bus.close()
      await database.close()
    }
    this.nodes.push(node)
    return node
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.stop()
  }

  /** Forgets a node that cannot stop, as a process that was killed. Its sessions end with the test's database. */
  abandon(node: Node): void {
    this.nodes.splice(this.nodes.indexOf(node), 1)
  }

  /** Number to how often it took effect at a consumer. */
  async effects(consumer: string): Promise<Map<number, number>> {
    const rows = await this.backends.query<{ number: number; times: number }>(
      'select number, count(*)::int as times from things.effect where consumer = $1 group by number',
      [consumer],
    )
    return new Map(rows.map(({ number, times }) => [number, times]))
  }

  private role(): string {
    return `${role}_${this.backends.databaseName}`
  }
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

/** Every number from 1 to `count` took effect exactly once. */
export function onceEach(effects: ReadonlyMap<number, number>, count: number): boolean {
  if (effects.size !== count) return false
  return numbers(1, count).every((number) => effects.get(number) === 1)
}
