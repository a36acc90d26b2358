/** Deliveries in PostgreSQL, claimed with a lease. Called through the Deliveries port. Must never send anything. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { ClaimLimits } from '../domain/claim-limits.ts'
import { failingMaxMs } from '../domain/schedule.ts'
import {
  Deliveries,
  type Attempted,
  type Claimed,
  type DeliveryHistory,
  type DeliveryView,
  type DeliveryWindow,
  type Disabled,
  type Queued,
} from '../ports/deliveries.port.ts'

/**
 * What a process held when it was killed, or claimed when PostgreSQL was, is delivered after this time. Attempts that
 * take longer are renewed meanwhile.
 */
const claimSeconds = 20
/** Deliveries made pending by one replay at most. */
const replayRows = 10_000

const claimable = `delivery.state = 'pending' and delivery.next_attempt_at <= now()
  and (delivery.claimed_until is null or delivery.claimed_until < now())`

const QUEUE = `
insert into delivery (endpoint_id, event_id, event, body, trace)
select endpoint.id, news.event_id, news.event, news.body, news.trace
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::boolean[], $7::boolean[])
  as news(event_id, event, user_id, body, trace, for_user, for_operators)
join endpoint on endpoint.active
  and ((endpoint.every_user and news.for_operators) or (endpoint.user_id = news.user_id and news.for_user))
  and (cardinality(endpoint.events) = 0 or news.event = any(endpoint.events))
on conflict (endpoint_id, event_id) do nothing`

/** Endpoints whose deliveries have been due for longest go first, and each gets what it has room for. */
const CLAIM = `
with due as (
  select chosen.id from (
    select endpoint.id, room.deliveries from endpoint
    left join unnest($4::uuid[], $5::int[]) as under_way(endpoint_id, deliveries) on under_way.endpoint_id = endpoint.id
    cross join lateral (
      select case when endpoint.failing_since is null then $2::int else $3::int end
        - coalesce(under_way.deliveries, 0) as deliveries
    ) as room
    cross join lateral (
      select delivery.next_attempt_at from delivery
      where delivery.endpoint_id = endpoint.id and ${claimable}
      order by delivery.next_attempt_at
      limit 1
    ) as first
    where endpoint.active and room.deliveries > 0
    order by first.next_attempt_at
  ) as waiting
  cross join lateral (
    select delivery.id from delivery
    where delivery.endpoint_id = waiting.id and ${claimable}
    order by delivery.next_attempt_at
    limit waiting.deliveries
    for update skip locked
  ) as chosen
  limit $1
)
update delivery set claimed_until = now() + interval '${claimSeconds} seconds', generation = generation + 1
from due, endpoint
where delivery.id = due.id and endpoint.id = delivery.endpoint_id
returning delivery.id, delivery.endpoint_id, delivery.event_id, delivery.body, delivery.trace, delivery.attempts,
  delivery.generation, now() as claimed_at,
  endpoint.url, endpoint.secret,
  case when endpoint.previous_secret_until > now() then endpoint.previous_secret end as previous_secret`

const RENEW = `
update delivery set claimed_until = now() + interval '${claimSeconds} seconds'
from unnest($1::uuid[], $2::int[]) as held(id, generation)
where delivery.id = held.id and delivery.generation = held.generation and delivery.claimed_until is not null`

const RECORD = `
with done as (
  select * from unnest($1::uuid[], $2::int[], $3::int[], $4::timestamptz[], $5::int[], $6::int[], $7::text[],
    $8::text[], $9::text[], $10::float8[])
  as t(id, generation, number, started_at, duration_ms, status, error, response_excerpt, state, wait_ms)
), mine as (
  update delivery set state = done.state, attempts = done.number, last_status = done.status, claimed_until = null,
    next_attempt_at = now() + done.wait_ms * interval '1 millisecond'
  from done where delivery.id = done.id and delivery.generation = done.generation
  returning delivery.id
)
insert into attempt (delivery_id, number, started_at, duration_ms, status, error, response_excerpt)
select id, number, started_at, duration_ms, status, error, response_excerpt from done join mine using (id)
on conflict do nothing`

/** By id: two processes that have outcomes of the same endpoints would otherwise wait for each other. */
const LOCK_ENDPOINTS = `
select from endpoint
join unnest($1::uuid[], $2::boolean[]) as news(id, succeeded) on news.id = endpoint.id
where endpoint.failing_since is not null or not news.succeeded
order by endpoint.id
for no key update of endpoint`

const JUDGE_ENDPOINTS = `
update endpoint set
  failing_since = case when news.succeeded then null else coalesce(failing_since, now()) end,
  active = endpoint.active and not (news.gone or outlasted.it),
  disabled_reason = case
    when not endpoint.active then endpoint.disabled_reason
    when news.gone then 'gone' when outlasted.it then 'failing' else endpoint.disabled_reason end
from unnest($1::uuid[], $2::boolean[], $3::boolean[]) as news(id, succeeded, gone),
  lateral (select not news.succeeded and exists (
    select 1 from endpoint known where known.id = news.id
      and known.failing_since < now() - interval '${failingMaxMs} milliseconds') as it) as outlasted
where endpoint.id = news.id and (endpoint.failing_since is not null or not news.succeeded)
returning endpoint.id, endpoint.user_id, endpoint.url, endpoint.disabled_reason,
  old.active and not new.active as switched_off`

@Injectable()
export class SqlDeliveries extends Deliveries {
  constructor(private readonly database: Database) {
    super()
  }

  async queue(tx: Transaction, events: readonly Queued[]): Promise<void> {
    await tx.query(QUEUE, [
      events.map(({ eventId }) => eventId),
      events.map(({ event }) => event),
      events.map(({ userId }) => userId),
      events.map(({ body }) => body),
      events.map(({ trace }) => trace),
      events.map(({ audience }) => audience.user),
      events.map(({ audience }) => audience.operators),
    ])
  }

  async queueOne(
    tx: Transaction,
    endpointId: string,
    { event, body }: Pick<Queued, 'event' | 'body'>,
  ): Promise<string> {
    const [row] = await tx.query<{ id: string }>(
      'insert into delivery (endpoint_id, event_id, event, body) values ($1, uuidv7(), $2, $3) returning id',
      [endpointId, event, body],
    )
    return (row as { id: string }).id
  }

  async claim({ rows, perEndpoint, perFailing, underWay }: ClaimLimits): Promise<Claimed[]> {
    const held = [[...underWay.keys()], [...underWay.values()]]
    const claimed = await this.database.query<ClaimedRow>(CLAIM, [rows, perEndpoint, perFailing, ...held])
    return claimed.map((row) => ({
      id: row.id,
      endpointId: row.endpoint_id,
      eventId: row.event_id,
      body: row.body,
      attempts: row.attempts,
      generation: row.generation,
      claimedAt: row.claimed_at,
      url: row.url,
      trace: row.trace,
      secrets: row.previous_secret === null ? [row.secret] : [row.secret, row.previous_secret],
    }))
  }

  async renew(held: readonly Claimed[]): Promise<void> {
    await this.database.query(RENEW, [held.map(({ id }) => id), held.map(({ generation }) => generation)])
  }

  async record(tx: Transaction, attempts: readonly Attempted[]): Promise<Disabled[]> {
    const column = (value: (attempt: Attempted) => unknown) => attempts.map(value)
    // Endpoints before deliveries: an endpoint that is being removed takes its deliveries along in that order.
    const byEndpoint = [...Map.groupBy(attempts, ({ delivery }) => delivery.endpointId)]
    const endpointIds = byEndpoint.map(([id]) => id)
    const succeeded = byEndpoint.map(([, group]) => group.some(({ state }) => state === 'delivered'))
    const gone = byEndpoint.map(([, group]) => group.some(({ gone: isGone }) => isGone))
    const [, judged] = await Promise.all([
      tx.query(LOCK_ENDPOINTS, [endpointIds, succeeded]),
      tx.query<JudgedRow>(JUDGE_ENDPOINTS, [endpointIds, succeeded, gone]),
    ])
    await tx.query(RECORD, [
      column(({ delivery }) => delivery.id),
      column(({ delivery }) => delivery.generation),
      column(({ number }) => number),
      column(({ startedAt }) => startedAt.toISOString()),
      column(({ durationMs }) => durationMs),
      column(({ status }) => status),
      column(({ error }) => error),
      column(({ responseExcerpt }) => responseExcerpt),
      column(({ state }) => state),
      column(({ waitMs }) => waitMs),
    ])
    return judged
      .filter((row) => row.switched_off)
      .map((row) => ({ endpointId: row.id, userId: row.user_id, url: row.url, reason: row.disabled_reason }))
  }

  async list({ owner, endpointId, state, afterId, limit }: DeliveryWindow): Promise<DeliveryView[]> {
    const rows = await this.database.queryOwn<DeliveryRow>(
      owner,
      `select id, endpoint_id, event, state, attempts, next_attempt_at, last_status, created_at from delivery
       where endpoint_id = $1 and ($2::text is null or state = $2) and ($3::uuid is null or id < $3)
       order by id desc limit $4`,
      [endpointId, state ?? null, afterId ?? null, limit],
    )
    return rows.map(toDelivery)
  }

  async find(owner: string | undefined, endpointId: string, id: string): Promise<DeliveryHistory | undefined> {
    const [row] = await this.database.queryOwn<DeliveryRow & { readonly body: string }>(
      owner,
      'select * from delivery where endpoint_id = $1 and id = $2',
      [endpointId, id],
    )
    if (row === undefined) return undefined
    const attempts = await this.database.queryOwn<AttemptRow>(
      owner,
      'select * from attempt where delivery_id = $1 order by number',
      [id],
    )
    const history = attempts.map((attempt) => ({
      number: attempt.number,
      startedAt: attempt.started_at.toISOString(),
      durationMs: attempt.duration_ms,
      status: attempt.status,
      error: attempt.error,
      responseExcerpt: attempt.response_excerpt,
    }))
    return { ...toDelivery(row), body: row.body, history }
  }

  async replay(
    tx: Transaction,
    endpointId: string,
    which: { readonly deliveryIds: readonly string[] } | { readonly exhaustedSince: string },
  ): Promise<number> {
    const byId = 'deliveryIds' in which
    const rows = await tx.query(
      `with again as (
         select id from delivery where endpoint_id = $1
           and (($2::uuid[] is not null and state <> 'pending' and id = any($2::uuid[]))
             or ($3::timestamptz is not null and state = 'exhausted' and created_at >= $3))
         order by id limit ${replayRows} for update
       ), forgotten as (delete from attempt where delivery_id in (select id from again))
       update delivery set state = 'pending', attempts = 0, next_attempt_at = now(), claimed_until = null
       from again where delivery.id = again.id returning delivery.id`,
      [endpointId, byId ? which.deliveryIds : null, byId ? null : which.exhaustedSince],
    )
    return rows.length
  }
}

interface ClaimedRow {
  readonly id: string
  readonly endpoint_id: string
  readonly event_id: string
  readonly body: string
  readonly trace: string | null
  readonly attempts: number
  readonly generation: number
  readonly claimed_at: Date
  readonly url: string
  readonly secret: string
  readonly previous_secret: string | null
}

interface JudgedRow {
  readonly id: string
  readonly user_id: string
  readonly url: string
  readonly disabled_reason: 'gone' | 'failing'
  readonly switched_off: boolean
}

interface DeliveryRow {
  readonly id: string
  readonly endpoint_id: string
  readonly event: string
  readonly state: DeliveryView['state']
  readonly attempts: number
  readonly next_attempt_at: Date
  readonly last_status: number | null
  readonly created_at: Date
}

interface AttemptRow {
  readonly number: number
  readonly started_at: Date
  readonly duration_ms: number
  readonly status: number | null
  readonly error: string | null
  readonly response_excerpt: string | null
}

function toDelivery(row: DeliveryRow): DeliveryView {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    event: row.event,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.state === 'pending' ? row.next_attempt_at.toISOString() : null,
    lastStatus: row.last_status,
    createdAt: row.created_at.toISOString(),
  }
}
