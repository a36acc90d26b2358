/** Signals in PostgreSQL: one statement per batch, its events included. Called through the Signals port. Must never insert row by row. */
import { signalAccepted } from '@tradewire/contracts/events/signals'
import { Database } from '@tradewire/database/database'
import { ToldInsert } from '@tradewire/database/told-insert'
import type { Transaction } from '@tradewire/database/transaction'
import type { SignalId } from '@tradewire/kernel/ids'
import { Injectable } from '@nestjs/common'
import type { Signal } from '../domain/model.ts'
import {
  Signals,
  type IncomingSignal,
  type RawRequest,
  type Refusal,
  type SignalFilter,
  type StoredOutcome,
} from '../ports/signals.port.ts'

/** Neither JSON text nor a header holds this character. */
const separator = '\u001f'

/**
 * A repetition finds its key taken, so that recognising it costs one more entry of an index. Values travel as texts: in
 * arrays the client quotes and escapes each of them, which costs more than all else that it does with a signal.
 */
const ACCEPT = `
insert into signal (id, strategy_id, dedupe_key, forget_at, source, side, price, stop_price, stop_type, targets,
  trailing_stop, received_at, expires_at, content_type, body, source_ip)
select incoming.id, strategy_id, dedupe_key, now() + make_interval(secs => window_seconds), source, side, price,
  stop_price, stop_type, targets, trailing_stop, received_at,
  received_at + make_interval(secs => strategy.signal_max_age_seconds), content_type, body, source_ip
from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::numeric[],
    $9::numeric[], $10::text[], string_to_array($11::text, chr(31))::jsonb[],
    string_to_array($12::text, chr(31), '')::jsonb[], $13::timestamptz[], string_to_array($14::text, chr(31)),
    string_to_array($15::text, chr(31)), string_to_array($16::text, chr(31)))
  as incoming(id, strategy_id, strategy_revision, dedupe_key, window_seconds, source, side, price, stop_price,
    stop_type, targets, trailing_stop, received_at, content_type, body, source_ip)
join strategy on strategy.id = strategy_id and strategy.revision = strategy_revision and strategy.active
on conflict (strategy_id, dedupe_key) do nothing
returning id`
const acceptColumns = 16
const ACCEPT_TOLD = new ToldInsert(signalAccepted, ACCEPT, acceptColumns)

const FORGET = `
update signal set dedupe_key = null
from unnest($1::uuid[], $2::uuid[]) as again(strategy_id, dedupe_key)
where signal.strategy_id = again.strategy_id and signal.dedupe_key = again.dedupe_key and signal.forget_at < now()`

const COUNT_DUPLICATES = `
update signal set duplicates = signal.duplicates + again.count
from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[]) as again(strategy_id, dedupe_key, strategy_revision, count)
join strategy on strategy.id = again.strategy_id and strategy.revision = strategy_revision and strategy.active
where signal.strategy_id = again.strategy_id and signal.dedupe_key = again.dedupe_key
returning signal.strategy_id, signal.dedupe_key, signal.id`

const SIGNAL_COLUMNS = `signal.id, signal.strategy_id, signal.source, signal.side, signal.price, signal.stop_price,
  signal.stop_type, signal.targets, signal.trailing_stop, signal.received_at, signal.expires_at, signal.duplicates`

interface SignalRow {
  readonly id: string
  readonly strategy_id: string
  readonly source: Signal['source']
  readonly side: Signal['side']
  readonly price: string
  readonly stop_price: string
  readonly stop_type: 'market' | 'limit'
  readonly targets: string[]
  readonly trailing_stop: Signal['trailing']
  readonly received_at: Date
  readonly expires_at: Date
  readonly duplicates: number
}

@Injectable()
export class SqlSignals extends Signals {
  constructor(private readonly database: Database) {
    super()
  }

  async accept(incoming: readonly IncomingSignal[]): Promise<boolean[]> {
    const signals = firstOfEach(incoming)
    const told = signals.map(({ signal, news, trace }) => ({ id: signal.id, data: news, trace }))
    const stored = await this.database.insertTold(ACCEPT_TOLD, columnsOf(signals), told)
    return incoming.map(({ signal }) => stored.has(signal.id))
  }

  acceptAgain(incoming: readonly IncomingSignal[]): Promise<StoredOutcome[]> {
    return this.database.transact(async (tx) => {
      const stored = await this.replaceForgotten(tx, firstOfEach(incoming))
      const repeated = incoming.filter(({ signal }) => !stored.has(signal.id))
      const originals = await this.countDuplicates(tx, repeated)
      return incoming.map((one): StoredOutcome => {
        if (stored.has(one.signal.id)) return { kind: 'stored' }
        const original = originals.get(groupOf(one))
        return original === undefined ? { kind: 'strategy-changed' } : { kind: 'duplicate', of: original }
      })
    })
  }

  /** A signal whose time as an original is over gives its key to the one that comes now. */
  private async replaceForgotten(tx: Transaction, signals: readonly IncomingSignal[]): Promise<Set<string>> {
    const keys = [signals.map(({ signal }) => signal.strategyId), signals.map(({ dedupe }) => dedupe.key)]
    const [, rows] = await Promise.all([tx.query(FORGET, keys), tx.query<{ id: string }>(ACCEPT, columnsOf(signals))])
    const stored = new Set(rows.map(({ id }) => id))
    for (const { signal, news, trace } of signals) if (stored.has(signal.id)) tx.append(signalAccepted, news, { trace })
    return stored
  }

  /** Answers the originals by group; of a strategy that has changed none is counted. */
  private async countDuplicates(tx: Transaction, repeated: readonly IncomingSignal[]): Promise<Map<string, SignalId>> {
    if (repeated.length === 0) return new Map()
    const groups = [...Map.groupBy(repeated, groupOf).values()].map((group) => ({
      one: group[0]!,
      count: group.length,
    }))
    const rows = await tx.query<{ strategy_id: string; dedupe_key: string; id: SignalId }>(COUNT_DUPLICATES, [
      groups.map(({ one }) => one.signal.strategyId),
      groups.map(({ one }) => one.dedupe.key),
      groups.map(({ one }) => one.strategyRevision),
      groups.map(({ count }) => count),
    ])
    return new Map(rows.map((row) => [`${row.strategy_id}|${row.dedupe_key}`, row.id]))
  }

  async recordRefusals(refusals: readonly Refusal[]): Promise<void> {
    await this.database.query(
      `insert into refusal (status, problems, source_ip, body_bytes, body_digest)
       select status, array(select jsonb_array_elements_text(problems)), source_ip, body_bytes, body_digest
       from unnest($1::int[], $2::jsonb[], $3::text[], $4::int[], $5::text[])
       as t(status, problems, source_ip, body_bytes, body_digest)`,
      [
        refusals.map((refusal) => refusal.status),
        refusals.map((refusal) => JSON.stringify(refusal.problems)),
        refusals.map((refusal) => refusal.sourceIp),
        refusals.map((refusal) => refusal.bodyBytes),
        refusals.map((refusal) => refusal.bodyDigest),
      ],
    )
  }

  async find(id: SignalId): Promise<{ signal: Signal; request: RawRequest } | undefined> {
    const [row] = await this.database.query<
      SignalRow & { readonly content_type: string; readonly body: string; readonly source_ip: string }
    >(`select ${SIGNAL_COLUMNS}, content_type, body, source_ip from signal where id = $1`, [id])
    if (row === undefined) return undefined
    return {
      signal: toSignal(row),
      request: { contentType: row.content_type, body: row.body, sourceIp: row.source_ip },
    }
  }

  async list(filter: SignalFilter): Promise<Signal[]> {
    const rows = await this.database.query<SignalRow>(
      `select ${SIGNAL_COLUMNS} from signal join strategy on strategy.id = signal.strategy_id
       where ($1::uuid is null or strategy.owner_id = $1)
         and ($2::uuid is null or signal.strategy_id = $2)
         and ($3::uuid is null or signal.id < $3)
       order by signal.id desc limit $4`,
      [filter.ownerId ?? null, filter.strategyId ?? null, filter.afterId ?? null, filter.limit],
    )
    return rows.map(toSignal)
  }
}

/** Of those that come together and are the same, only the first can be new. */
function firstOfEach(incoming: readonly IncomingSignal[]): IncomingSignal[] {
  const firsts = new Map<string, IncomingSignal>()
  for (const one of incoming) {
    const key = groupOf(one)
    if (!firsts.has(key)) firsts.set(key, one)
  }
  return [...firsts.values()]
}

function groupOf({ signal, dedupe }: IncomingSignal): string {
  return `${signal.strategyId}|${dedupe.key}`
}

function columnsOf(incoming: readonly IncomingSignal[]): unknown[] {
  /** Numbers, ids and words of ours need no quotes in an array. */
  const plain = (value: (one: IncomingSignal) => string | number) => `{${incoming.map(value).join()}}`
  const texts = (value: (one: IncomingSignal) => string) => incoming.map(value).join(separator)
  return [
    plain(({ signal }) => signal.id),
    plain(({ signal }) => signal.strategyId),
    plain((one) => one.strategyRevision),
    plain((one) => one.dedupe.key),
    plain((one) => one.dedupe.windowSeconds),
    plain(({ signal }) => signal.source),
    plain(({ signal }) => signal.side),
    plain(({ signal }) => signal.price),
    plain(({ signal }) => signal.stop.price),
    plain(({ signal }) => signal.stop.type),
    texts(({ signal }) => JSON.stringify(signal.targets)),
    texts(({ signal }) => (signal.trailing === null ? '' : JSON.stringify(signal.trailing))),
    plain(({ news }) => news.receivedAt),
    texts(({ request }) => request.contentType),
    texts(({ request }) => request.body),
    texts(({ request }) => request.sourceIp),
  ]
}

function toSignal(row: SignalRow): Signal {
  return {
    id: row.id as SignalId,
    strategyId: row.strategy_id as Signal['strategyId'],
    source: row.source,
    side: row.side,
    price: row.price,
    stop: { price: row.stop_price, type: row.stop_type },
    targets: row.targets,
    trailing: row.trailing_stop,
    receivedAt: row.received_at,
    expiresAt: row.expires_at,
    duplicates: row.duplicates,
  }
}
