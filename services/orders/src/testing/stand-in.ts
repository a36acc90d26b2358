/**
 * Stands in for signals and brokers in this service's integration spec: their events go through its own outbox, and
 * the commands it sends are read from there. Called by specs only. Must never be imported by the service.
 */
import { type DataOf, urgentSubjectOf } from '@tradewire/contracts/define-event'
import { readMessage } from '@tradewire/contracts/event-message'
import * as brokers from '@tradewire/contracts/events/brokers'
import { type orderCancel, orderSubmit } from '@tradewire/contracts/events/orders'
import { followChanged, signalAccepted, strategyChanged } from '@tradewire/contracts/events/signals'
import type { Database } from '@tradewire/database/database'
import { SystemClock } from '@tradewire/kernel/clock'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'

export type Submit = DataOf<typeof orderSubmit>
export type Cancel = DataOf<typeof orderCancel>
type Update = DataOf<typeof brokers.orderFilled>

export const strategyId = '01963a5e-0000-7000-8000-0000000000aa'
export const ownerId = '01963a5e-0000-7000-8000-0000000000bb'
/** The services under test run on the real clock, so balances are fresh. */
const clock = new SystemClock()
const signalLifeMs = 30_000
const now = () => clock.now().toISOString()

export const accountIdOf = (number: number) => uuidOfHash(`account ${number}`)
export const followIdOf = (number: number) => uuidOfHash(`follow ${number}`)
export const userIdOf = (number: number) => uuidOfHash(`user ${number}`)

export class StandIn {
  private readonly database: Database
  /** By intent: they go on where the service is started anew. */
  readonly revisions: Map<string, number>

  constructor(database: Database, revisions = new Map<string, number>()) {
    this.database = database
    this.revisions = revisions
  }

  /** Waits until `orders` has taken in what was found. */
  async heardOf(followers: number): Promise<void> {
    for (const table of ['follow', 'balance', 'account']) await this.counted(table, followers)
    await this.counted('instrument', 1)
  }

  /** A strategy on paper futures and so many followers with 10,000 USDT each, risking 1 %. */
  async found(followers: number): Promise<void> {
    const numbers = Array.from({ length: followers }, (_, index) => index)
    await this.database.transact(async (tx) => {
      tx.append(brokers.instrumentChanged, exampleOf(brokers.instrumentChanged, { observedAt: now() }))
      for (const number of numbers) {
        const [accountId, userId] = [accountIdOf(number), userIdOf(number)]
        tx.append(
          brokers.accountConnected,
          exampleOf(brokers.accountConnected, { accountId, userId, connectedAt: now() }),
        )
      }
      tx.append(
        brokers.balanceUpdated,
        numbers.map((number) =>
          exampleOf(brokers.balanceUpdated, {
            accountId: accountIdOf(number),
            total: '10000',
            free: '10000',
            equity: '10000',
            observedAt: now(),
          }),
        ),
      )
      tx.append(strategyChanged, exampleOf(strategyChanged, { strategyId, ownerId }))
      tx.append(
        followChanged,
        numbers.map((number) => this.follow(number)),
      )
    })
  }

  follow(number: number, changes: Partial<DataOf<typeof followChanged>> = {}): DataOf<typeof followChanged> {
    return exampleOf(followChanged, {
      strategyId,
      followId: followIdOf(number),
      accountId: accountIdOf(number),
      userId: userIdOf(number),
      riskPercent: '1',
      leverage: 10,
      ...changes,
    })
  }

  signalData(signalId: string, changes: Partial<DataOf<typeof signalAccepted>> = {}): DataOf<typeof signalAccepted> {
    return exampleOf(signalAccepted, {
      signalId,
      strategyId,
      price: '40000',
      stop: { price: '39600', type: 'market' },
      targets: ['40400', '40800'],
      trailing: null,
      receivedAt: now(),
      expiresAt: new Date(clock.now().getTime() + signalLifeMs).toISOString(),
      ...changes,
    })
  }

  signal(signalId: string, changes: Partial<DataOf<typeof signalAccepted>> = {}): Promise<void> {
    return this.signals([this.signalData(signalId, changes)])
  }

  /** Each in a message of its own, as they come from alerts of one moment. */
  signals(all: readonly DataOf<typeof signalAccepted>[]): Promise<void> {
    return this.database.transact(async (tx) => {
      for (const one of all) tx.append(signalAccepted, one)
    })
  }

  /** The stored commands of a subject, in the order of their commits. */
  async commands<Data>(name: string, signalId?: string): Promise<Data[]> {
    const rows = await this.database.query<{ body: string }>(
      'select body from outbox where subject like any ($1) order by created_at, id',
      [[`${name}%`, urgentSubjectOf(`${name}%`)]],
    )
    const all = rows.flatMap(({ body }) => readMessage(body).events.map(({ data }) => data as Data))
    return signalId === undefined ? all : all.filter((data) => (data as { signalId?: string }).signalId === signalId)
  }

  /** Rows of the service's own tables: a table, and what else narrows it down. */
  async numberOf(from: string): Promise<number> {
    const [row] = await this.database.query<{ number: number }>(`select count(*)::int as number from ${from}`)
    return row?.number ?? 0
  }

  counted(from: string, expected: number): Promise<boolean> {
    return eventually(async () => (await this.numberOf(from)) === expected, { describe: `${expected} of ${from}` })
  }

  /** As the service's own row has it. */
  async stateOf(intentId: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ state: string }>(
      `select l.state from bracket b cross join lateral json_to_recordset(b.legs::json) as l ("intentId" uuid, state text)
       where l."intentId" = $1`,
      [intentId],
    )
    return row?.state
  }

  submits(signalId: string): Promise<Submit[]> {
    return this.commands<Submit>(orderSubmit.name, signalId)
  }

  tell(
    contract: (typeof brokers.orderUpdateEvents)[number],
    orders: readonly Pick<Submit, 'intentId' | 'bracketId' | 'accountId' | 'purpose'>[],
    changes: Partial<Update> = {},
  ): Promise<void> {
    return this.database.transact(async (tx) => {
      tx.append(
        contract,
        orders.map(({ intentId, bracketId, accountId, purpose }) => {
          const revision = (this.revisions.get(intentId) ?? 0) + 1
          this.revisions.set(intentId, revision)
          const { final = contract !== brokers.orderAccepted } = changes
          const nothing = { filledQuantity: '0', averagePrice: null, fee: '0', feeCurrency: null }
          const times = { sentAt: now(), executedAt: null, observedAt: now() }
          return exampleOf(contract, {
            ...nothing,
            ...times,
            ...changes,
            intentId,
            bracketId,
            accountId,
            purpose,
            revision,
            final,
          })
        }),
      )
    })
  }

  /** The same messages once more, as after a lost acknowledgement. */
  async deliverAgain(name: string): Promise<void> {
    await this.database.query(
      `insert into outbox (id, subject, body, event_count, claimed_until)
       select gen_random_uuid(), subject, body, event_count, now() from outbox where subject = any ($1)`,
      [[name, urgentSubjectOf(name)]],
    )
  }
}
