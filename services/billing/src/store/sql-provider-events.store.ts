/** What providers told, in PostgreSQL, claimed with a lease. Called through the ProviderEvents port. Must never read a body. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { GroupCommit } from '@tradewire/database/group-commit'
import { RetryableError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import { IdSource } from '@tradewire/kernel/ids'
import type { ProviderCode } from '../domain/payments/provider-code.ts'
import type { HeardEvent } from '../ports/payment-provider.port.ts'
import { ProviderEvents, type Finished, type StoredEvent } from '../ports/provider-events.port.ts'

/** What a process held when it was killed is claimed again after this time; a provider is asked for less long. */
const claimMs = 60_000
const deliveriesPerCommit = 64
/** Beyond it a delivery is answered 503, and its provider sends it again. */
const deliveriesQueuedMax = 2_000

const STORE = `
insert into provider_event (id, provider, event_id, type, body, heard_by, available_at, received_at, claimed_until)
select id, provider, event_id, type, body, heard_by, heard_at, heard_at, claimed_until
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[])
  as news (id, provider, event_id, type, body, heard_by, heard_at, claimed_until)
on conflict (provider, event_id) do nothing
returning id, provider, event_id, type, body, attempts, generation`

const CLAIM = `
with due as (
  select id from provider_event
  where state = 'waiting' and available_at <= $1 and (claimed_until is null or claimed_until < $1)
  order by available_at, id limit $2 for update skip locked
)
update provider_event set claimed_until = $3, generation = generation + 1 from due where provider_event.id = due.id
returning provider_event.id, provider, event_id, type, body, attempts, generation`

const FINISH = `
update provider_event set state = ours.state, done_at = $4, claimed_until = null, error = null
from unnest($1::uuid[], $2::int[], $3::text[]) as ours (id, generation, state)
where provider_event.id = ours.id and provider_event.generation = ours.generation and provider_event.state = 'waiting'
returning provider_event.id`

interface EventRow {
  readonly id: string
  readonly provider: ProviderCode
  readonly event_id: string
  readonly type: string
  readonly body: string
  readonly attempts: number
  readonly generation: number
}

interface Heard {
  readonly provider: ProviderCode
  readonly event: HeardEvent
  readonly heardBy: 'webhook' | 'pull' | 'asking'
  readonly now: Date
}

function claimedFrom(now: Date): Date {
  return new Date(now.getTime() + claimMs)
}

function toEvent({ event_id: eventId, ...row }: EventRow): StoredEvent {
  return { ...row, eventId }
}

@Injectable()
export class SqlProviderEvents extends ProviderEvents {
  private readonly deliveries: GroupCommit<Heard, undefined>

  constructor(
    private readonly database: Database,
    private readonly ids: IdSource,
  ) {
    super()
    this.deliveries = new GroupCommit({
      batchRows: deliveriesPerCommit,
      queuedMax: deliveriesQueuedMax,
      work: async (heard) => {
        await database.query(STORE, this.parameters(heard))
        return heard.map(() => undefined)
      },
    })
  }

  async deliver(provider: ProviderCode, event: HeardEvent, now: Date): Promise<void> {
    await this.deliveries.submit({ provider, event, heardBy: 'webhook', now })
  }

  async storePulled(provider: ProviderCode, events: readonly HeardEvent[], now: Date): Promise<number> {
    if (events.length === 0) return 0
    const heard = events.map((event) => ({ provider, event, heardBy: 'pull' as const, now }))
    return (await this.database.query(STORE, this.parameters(heard))).length
  }

  async storeClaimed(provider: ProviderCode, event: HeardEvent, now: Date): Promise<StoredEvent[]> {
    const heard = [{ provider, event, heardBy: 'asking' as const, now }]
    return (await this.database.query<EventRow>(STORE, this.parameters(heard))).map(toEvent)
  }

  async claim(now: Date, limit: number): Promise<StoredEvent[]> {
    return (await this.database.query<EventRow>(CLAIM, [now, limit, claimedFrom(now)])).map(toEvent)
  }

  async finish(tx: Transaction, finished: readonly Finished[], now: Date): Promise<void> {
    const ours = await tx.query(FINISH, [
      finished.map(({ event }) => event.id),
      finished.map(({ event }) => event.generation),
      finished.map(({ state }) => state),
      now,
    ])
    if (ours.length < finished.length) throw new RetryableError('another process has taken events of providers')
  }

  async putOff(
    { id, generation }: StoredEvent,
    { error, until, dead }: { readonly error: string; readonly until: Date; readonly dead: boolean },
  ): Promise<void> {
    await this.database.query(
      `update provider_event set attempts = attempts + 1, claimed_until = null, error = $3, available_at = $4, state = $5
       where id = $1 and generation = $2 and state = 'waiting'`,
      [id, generation, error, until, dead ? 'dead' : 'waiting'],
    )
  }

  async pulledThrough(provider: ProviderCode): Promise<Date | undefined> {
    const [row] = await this.database.query<{ pulled_through: Date }>(
      'select pulled_through from pull where provider = $1',
      [provider],
    )
    return row?.pulled_through
  }

  async rememberPull(provider: ProviderCode, through: Date): Promise<void> {
    await this.database.query(
      `insert into pull (provider, pulled_through) values ($1, $2)
       on conflict (provider) do update set pulled_through = greatest(pull.pulled_through, excluded.pulled_through)`,
      [provider, through],
    )
  }

  private parameters(heard: readonly Heard[]): unknown[] {
    return [
      heard.map(() => this.ids.next()),
      heard.map(({ provider }) => provider),
      heard.map(({ event }) => event.eventId),
      heard.map(({ event }) => event.type),
      heard.map(({ event }) => event.body),
      heard.map(({ heardBy }) => heardBy),
      heard.map(({ now }) => now),
      heard.map(({ heardBy, now }) => (heardBy === 'asking' ? claimedFrom(now) : null)),
    ]
  }
}
