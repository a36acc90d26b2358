/**
 * Attempts in PostgreSQL, always many rows a statement. Called by placement, recovery and the explain trace.
 * Must never change a row without the partition's generation being checked in the same transaction.
 */
import { Injectable } from '@nestjs/common'
import { intentOfClientOrderId } from '@tradewire/broker-kit/client-order-id'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { decimal } from '@tradewire/kernel/decimal'
import { partitionOf } from '@tradewire/kernel/partition'
import type { Attempt, AttemptState, Reason } from '#domain/attempt/attempt'
import { Attempts, type StoredAttempt } from '#ports/attempts.port'
import { type CommandRow, termsText, toCommand } from './command.mapper.ts'

interface AttemptRow extends CommandRow {
  readonly client_order_id: string
  readonly partition: number
  readonly generation: string
  readonly state: AttemptState
  readonly revision: number
  readonly submissions: number
  readonly venue_order_id: string | null
  readonly filled_quantity: string
  readonly average_price: string | null
  readonly fee: string | null
  readonly fee_currency: string | null
  readonly executed_at: Date | null
  readonly reason_code: string | null
  readonly reason_message: string | null
  readonly cancel_requested: boolean
  readonly trace: string | null
  readonly received_at: Date
  readonly sent_at: Date | null
  readonly answered_at: Date | null
  readonly updated_at: Date
}

const columns = `intent_id, bracket_id, signal_id, strategy_id, account_id, terms, client_order_id, partition,
  generation, state, revision, submissions, venue_order_id, filled_quantity, average_price, fee, fee_currency, executed_at,
  reason_code, reason_message, cancel_requested, trace, received_at, sent_at, answered_at, updated_at`

/** JSON text never holds it. Ids, numbers and times never hold a comma: what is joined needs no quoting, which costs more. */
const jsonSeparator = '\u001f'

@Injectable()
export class AttemptStore extends Attempts {
  constructor(private readonly database: Database) {
    super()
  }

  /** Stores new attempts; answers the ids that were new. A command that came twice is stored once. */
  async insert(tx: Transaction, rows: readonly StoredAttempt[]): Promise<Set<string>> {
    const attempts = rows.map(({ attempt }) => attempt)
    const commands = attempts.map(({ command }) => command)
    // A new row has no history: what it would say is the columns' default, and one text carries all rows of a column.
    const inserted = await tx.query<{ intent_id: string }>(
      `insert into attempt (intent_id, bracket_id, signal_id, strategy_id, account_id, partition, generation, terms,
         client_order_id, state, submissions, trace, received_at, sent_at)
       select intent_id, bracket_id, signal_id, strategy_id, account_id, partition, generation, terms,
         client_order_id, state, submissions, nullif(trace, ''), received_at, case when submissions > 0 then received_at end
       from unnest(string_to_array($1::text, ',')::uuid[], string_to_array($2::text, ',')::uuid[],
         string_to_array($3::text, ',')::uuid[], string_to_array($4::text, ',')::uuid[],
         string_to_array($5::text, ',')::uuid[], string_to_array($6::text, ',')::smallint[],
         string_to_array($7::text, ',')::bigint[], string_to_array($8::text, chr(31)), string_to_array($9::text, ','),
         string_to_array($10::text, ','), string_to_array($11::text, ',')::int[], string_to_array($12::text, ','),
         string_to_array($13::text, ',')::timestamptz[])
       as x (intent_id, bracket_id, signal_id, strategy_id, account_id, partition, generation, terms, client_order_id,
         state, submissions, trace, received_at)
       on conflict (intent_id) do nothing returning intent_id`,
      [
        commands.map(({ intentId }) => intentId).join(),
        commands.map(({ bracketId }) => bracketId).join(),
        commands.map(({ signalId }) => signalId).join(),
        commands.map(({ strategyId }) => strategyId).join(),
        commands.map(({ accountId }) => accountId).join(),
        attempts.map(({ partition }) => partition).join(),
        rows.map(({ generation }) => generation).join(),
        commands.map(termsText).join(jsonSeparator),
        attempts.map(({ clientOrderId }) => clientOrderId).join(),
        attempts.map(({ state }) => state).join(),
        attempts.map(({ submissions }) => submissions).join(),
        rows.map(({ trace }) => trace ?? '').join(),
        attempts.map(({ receivedAt }) => receivedAt.toISOString()).join(),
      ],
    )
    return new Set(inserted.map((row) => row.intent_id))
  }

  /** Those that are stored by these owners and were not answered yet. */
  async untouched(
    tx: Transaction,
    wanted: readonly { readonly intentId: string; readonly generation: string }[],
  ): Promise<Set<string>> {
    const rows = await tx.query<{ intent_id: string }>(
      `select a.intent_id from attempt a
       join unnest($1::uuid[], $2::bigint[]) as x (intent_id, generation)
         on x.intent_id = a.intent_id and x.generation = a.generation
       where a.state in ('queued', 'submitting') and a.revision = 0`,
      [wanted.map(({ intentId }) => intentId), wanted.map(({ generation }) => generation)],
    )
    return new Set(rows.map((row) => row.intent_id))
  }

  /** Answers the ids whose row may now be sent: only those. */
  async markSubmitting(tx: Transaction, intentIds: readonly string[], sentAt: Date): Promise<Set<string>> {
    const rows = await tx.query<{ intent_id: string }>(
      `update attempt set state = 'submitting', submissions = submissions + 1, sent_at = $2, updated_at = now()
       where intent_id = any($1::uuid[]) and state in ('queued', 'submitting', 'unknown') returning intent_id`,
      [intentIds, sentAt],
    )
    return new Set(rows.map((row) => row.intent_id))
  }

  /** Answers the ids whose row was older than what is written now. */
  async write(tx: Transaction, rows: readonly Attempt[]): Promise<Set<string>> {
    const written = await tx.query<{ intent_id: string }>(
      `update attempt a set state = x.state, revision = x.revision, venue_order_id = x.venue_order_id,
         filled_quantity = x.filled_quantity, average_price = x.average_price, fee = x.fee,
         fee_currency = x.fee_currency, executed_at = x.executed_at, reason_code = x.reason_code, reason_message = x.reason_message,
         answered_at = x.answered_at, sent_at = x.sent_at, submissions = greatest(a.submissions, x.submissions),
         updated_at = now()
       from unnest(string_to_array($1::text, ',')::uuid[], string_to_array($2::text, ','),
         string_to_array($3::text, ',')::int[], $4::text[], string_to_array($5::text, ',')::numeric[],
         string_to_array($6::text, ',', '')::numeric[], string_to_array($7::text, ',', '')::numeric[], $8::text[],
         $9::text[], $10::text[], string_to_array($11::text, ',', '')::timestamptz[],
         string_to_array($12::text, ',', '')::timestamptz[], string_to_array($13::text, ',')::int[],
         string_to_array($14::text, ',', '')::timestamptz[])
       as x (intent_id, state, revision, venue_order_id, filled_quantity, average_price, fee, fee_currency, reason_code,
         reason_message, answered_at, sent_at, submissions, executed_at)
       where a.intent_id = x.intent_id and a.revision < x.revision returning a.intent_id`,
      [
        rows.map(({ command }) => command.intentId).join(),
        rows.map(({ state }) => state).join(),
        rows.map(({ revision }) => revision).join(),
        rows.map(({ venueOrderId }) => venueOrderId),
        rows.map(({ filledQuantity }) => filledQuantity).join(),
        rows.map(({ averagePrice }) => averagePrice).join(),
        rows.map(({ fee }) => fee).join(),
        rows.map(({ feeCurrency }) => feeCurrency),
        rows.map(({ reason }) => reason?.code ?? null),
        rows.map(({ reason }) => reason?.message ?? null),
        rows.map(({ answeredAt }) => answeredAt?.toISOString()).join(),
        rows.map(({ sentAt }) => sentAt?.toISOString()).join(),
        rows.map(({ submissions }) => submissions).join(),
        rows.map(({ executedAt }) => executedAt?.toISOString()).join(),
      ],
    )
    return new Set(written.map((row) => row.intent_id))
  }

  /** Rare, so that it stays out of the insert. */
  async noteWait(tx: Transaction, intentIds: readonly string[], { code, message }: Reason): Promise<void> {
    await tx.query('update attempt set reason_code = $2, reason_message = $3 where intent_id = any($1::uuid[])', [
      intentIds,
      code,
      message,
    ])
  }

  /** Remembers that these shall be cancelled; answers the ids that exist. */
  async requestCancel(tx: Transaction, intentIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ intent_id: string }>(
      `with changed as (
         update attempt set cancel_requested = true
         where intent_id = any($1::uuid[]) and not cancel_requested
           and state in ('queued', 'submitting', 'unknown', 'accepted'))
       select intent_id from attempt where intent_id = any($1::uuid[])`,
      [intentIds],
    )
    return new Set(rows.map((row) => row.intent_id))
  }

  async openOf(partitions: readonly number[]): Promise<StoredAttempt[]> {
    const rows = await this.database.query<AttemptRow>(
      `select ${columns} from attempt
       where partition = any($1::smallint[]) and open
       order by received_at, intent_id`,
      [partitions],
    )
    return rows.map(storedOf)
  }

  async openCount(accountId: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `select count(*)::int as count from attempt
       where partition = $1 and open and account_id = $2`,
      [partitionOf(accountId), accountId],
    )
    return row?.count ?? 0
  }

  /** For news of orders that are in memory no longer. */
  async byClientOrderId(accountId: string, clientOrderId: string): Promise<StoredAttempt | null> {
    const intentId = intentOfClientOrderId(clientOrderId)
    if (intentId === null) return null
    const rows = await this.database.query<AttemptRow>(
      `select ${columns} from attempt
       where intent_id = $1 and client_order_id = $2 and account_id = $3`,
      [intentId, clientOrderId, accountId],
    )
    return rows[0] === undefined ? null : storedOf(rows[0])
  }

  async byIntents(intentIds: readonly string[]): Promise<{ readonly attempt: Attempt; readonly updatedAt: Date }[]> {
    const rows = await this.database.query<AttemptRow>(
      `select ${columns} from attempt where intent_id = any($1::uuid[]) order by received_at, intent_id`,
      [intentIds],
    )
    return rows.map((row) => ({ attempt: storedOf(row).attempt, updatedAt: row.updated_at }))
  }
}

function storedOf(row: AttemptRow): StoredAttempt {
  const attempt: Attempt = {
    command: toCommand(row),
    clientOrderId: row.client_order_id,
    partition: row.partition,
    state: row.state,
    revision: row.revision,
    submissions: row.submissions,
    venueOrderId: row.venue_order_id,
    filledQuantity: decimal(row.filled_quantity).toString(),
    averagePrice: row.average_price,
    fee: row.fee,
    feeCurrency: row.fee_currency,
    executedAt: row.executed_at,
    reason: row.reason_code === null ? null : { code: row.reason_code, message: row.reason_message ?? '' },
    cancelRequested: row.cancel_requested,
    receivedAt: row.received_at,
    sentAt: row.sent_at,
    answeredAt: row.answered_at,
  }
  return { attempt, generation: row.generation, trace: row.trace }
}
