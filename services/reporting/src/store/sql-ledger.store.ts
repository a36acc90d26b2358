/** The ledger in PostgreSQL. Called through the Ledger port. Must never update or delete a ledger entry. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { decimal } from '@tradewire/kernel/decimal'
import type { ClosedTrade } from '../domain/performance.ts'
import {
  Ledger,
  type Closed,
  type ClosedFilter,
  type FollowerView,
  type LedgerTrade,
  type LedgerWindow,
  type Opened,
  type TradeFilter,
  type TradeView,
  type TradingDay,
  type Window,
} from '../ports/ledger.port.ts'

/** A window over closed trades; more than this would be read in pages by a report job, not at a request. */
const closedTradesMax = 100_000

const TRADE_COLUMNS =
  'signal_id, strategy_id, follow_id, account_id, user_id, venue, symbol, side, quantity, open_price, opened_at'
const FILTER = `($1::uuid is null or user_id = $1) and ($2::uuid is null or strategy_id = $2)
  and ($3::uuid is null or follow_id = $3) and ($4::uuid is null or account_id = $4)`

/** Of closed trades: since when, whether their signal was given by hand, and in which currency. */
const CLOSED = `($5::timestamptz is null or occurred_at >= $5) and ($6::text is null or ($6 = 'manual') = exists (
  select from trade t join hand_signal h on h.signal_id = t.signal_id where t.id = ledger_entry.trade_id))
  and ($7::text is null or currency = $7)`

const RECORD_OPENED = `
insert into trade (id, ${TRADE_COLUMNS}, state, stop_loss, take_profits, unprotected_ms)
select id, ${TRADE_COLUMNS}, 'open', stop_loss, take_profits, unprotected_ms
from jsonb_to_recordset($1::jsonb) as t(id uuid, signal_id uuid, strategy_id uuid, follow_id uuid, account_id uuid,
  user_id uuid, venue text, symbol text, side text, quantity numeric, open_price numeric, opened_at timestamptz,
  stop_loss numeric, take_profits jsonb, unprotected_ms int)
on conflict (id) do update set stop_loss = excluded.stop_loss, take_profits = excluded.take_profits,
  unprotected_ms = excluded.unprotected_ms`

const RECORD_CLOSED = `
insert into trade (id, ${TRADE_COLUMNS}, state, close_price, closed_at, reason, realized_pnl, fees)
select id, ${TRADE_COLUMNS}, 'closed', close_price, closed_at, reason, realized_pnl, fees
from jsonb_to_recordset($1::jsonb) as t(id uuid, signal_id uuid, strategy_id uuid, follow_id uuid, account_id uuid,
  user_id uuid, venue text, symbol text, side text, quantity numeric, open_price numeric, opened_at timestamptz,
  close_price numeric, closed_at timestamptz, reason text, realized_pnl numeric, fees numeric)
on conflict (id) do update set state = 'closed', quantity = excluded.quantity, close_price = excluded.close_price,
  closed_at = excluded.closed_at, reason = excluded.reason, realized_pnl = excluded.realized_pnl, fees = excluded.fees`

const RECORD_ENTRIES = `
insert into ledger_entry (trade_id, strategy_id, follow_id, account_id, user_id, kind, amount, currency, occurred_at)
select trade_id, strategy_id, follow_id, account_id, user_id, kind, amount, currency, occurred_at
from jsonb_to_recordset($1::jsonb) as t(trade_id uuid, strategy_id uuid, follow_id uuid, account_id uuid, user_id uuid,
  kind text, amount numeric, currency text, occurred_at timestamptz)
on conflict (trade_id, kind) do nothing returning trade_id`

const TRADES_OF = `
select e.trade_id, e.follow_id, t.symbol, e.currency, sum(e.amount) as realized_pnl,
  coalesce(-sum(e.amount) filter (where e.kind = 'fee'), 0) as fees, e.occurred_at
from ledger_entry e join trade t on t.id = e.trade_id
where e.user_id = $1 and e.strategy_id = $2 and e.occurred_at >= $3 and e.occurred_at < $4
  and ($5::timestamptz is null or (e.occurred_at, e.trade_id) > ($5, $6::uuid))
group by e.trade_id, e.follow_id, t.symbol, e.currency, e.occurred_at
order by e.occurred_at, e.trade_id limit $7`

@Injectable()
export class SqlLedger extends Ledger {
  constructor(private readonly database: Database) {
    super()
  }

  async recordOpened(tx: Transaction, trades: readonly Opened[]): Promise<void> {
    const rows = trades.map((trade) => ({
      ...columnsOf(trade),
      stop_loss: trade.stopLoss,
      take_profits: trade.takeProfits,
      unprotected_ms: trade.unprotectedMs,
    }))
    await tx.query(RECORD_OPENED, [JSON.stringify(rows)])
  }

  async recordClosed(tx: Transaction, trades: readonly Closed[]): Promise<ReadonlySet<string>> {
    const rows = trades.map((trade) => ({
      ...columnsOf(trade),
      close_price: trade.closePrice,
      closed_at: trade.closedAt,
      reason: trade.reason,
      realized_pnl: trade.realizedPnl,
      fees: trade.fees,
    }))
    await tx.query(RECORD_CLOSED, [JSON.stringify(rows)])
    const entered = await tx.query<{ trade_id: string }>(RECORD_ENTRIES, [JSON.stringify(trades.flatMap(entriesOf))])
    return new Set(entered.map((entry) => entry.trade_id))
  }

  async recordHandSignals(tx: Transaction, signalIds: readonly string[]): Promise<void> {
    await tx.query(`insert into hand_signal select unnest($1::uuid[]) on conflict do nothing`, [signalIds])
  }

  async find(id: string, userId: string | undefined): Promise<TradeView | undefined> {
    const [row] = await this.database.queryOwn<TradeRow>(
      userId ?? null,
      'select * from trade where id = $1 and ($2::uuid is null or user_id = $2)',
      [id, userId ?? null],
    )
    return row === undefined ? undefined : toTrade(row)
  }

  async list(filter: TradeFilter & { readonly state?: string | undefined }, window: Window): Promise<TradeView[]> {
    const rows = await this.database.queryOwn<TradeRow>(
      filter.userId ?? null,
      `select * from trade where ${FILTER} and ($5::text is null or state = $5) and ($6::uuid is null or id < $6)
       order by id desc limit $7`,
      [...parametersOf(filter), filter.state ?? null, window.afterId ?? null, window.limit],
    )
    return rows.map(toTrade)
  }

  async currencies(filter: ClosedFilter): Promise<string[]> {
    const rows = await this.database.queryOwn<{ currency: string }>(
      filter.userId ?? null,
      `select currency from ledger_entry where ${FILTER} and ${CLOSED}
       group by currency order by count(distinct trade_id) desc, currency`,
      closedParametersOf(filter),
    )
    return rows.map(({ currency }) => currency)
  }

  async closedTrades(filter: ClosedFilter): Promise<ClosedTrade[]> {
    const rows = await this.database.queryOwn<{ gross_pnl: string; fees: string }>(
      filter.userId ?? null,
      `select coalesce(sum(amount) filter (where kind = 'gross-pnl'), 0) as gross_pnl,
              coalesce(-sum(amount) filter (where kind = 'fee'), 0) as fees
       from ledger_entry where ${FILTER} and ${CLOSED}
       group by trade_id order by min(occurred_at), trade_id limit ${closedTradesMax}`,
      closedParametersOf(filter),
    )
    return rows.map((row) => ({ grossPnl: row.gross_pnl, fees: row.fees }))
  }

  async countOpen(filter: ClosedFilter): Promise<number> {
    const [row] = await this.database.queryOwn<{ open: number }>(
      filter.userId ?? null,
      `select count(*)::int as open from trade where ${FILTER} and state = 'open'
         and ($5::text is null or ($5 = 'manual') = (signal_id in (select signal_id from hand_signal)))
         and ($6::text is null or split_part(symbol, '/', 2) = $6)`,
      [...parametersOf(filter), filter.origin ?? null, filter.currency ?? null],
    )
    return row?.open ?? 0
  }

  async tradingDays(
    filter: ClosedFilter,
    window: { readonly before: string | undefined; readonly limit: number },
  ): Promise<TradingDay[]> {
    const rows = await this.database.queryOwn<{
      day: string
      currency: string
      trades_closed: number
      realized_pnl: string
      fees: string
    }>(
      filter.userId ?? null,
      `select (occurred_at at time zone 'UTC')::date::text as day, currency, count(distinct trade_id)::int as trades_closed,
              trim_scale(sum(amount)) as realized_pnl,
              trim_scale(coalesce(-sum(amount) filter (where kind = 'fee'), 0)) as fees
       from ledger_entry
       where ${FILTER} and ${CLOSED} and ($8::date is null or occurred_at < $8::date::timestamp at time zone 'UTC')
       group by (occurred_at at time zone 'UTC')::date, currency order by 1 desc limit $9`,
      [...closedParametersOf(filter), window.before ?? null, window.limit],
    )
    return rows.map((row) => ({
      date: row.day,
      currency: row.currency,
      tradesClosed: row.trades_closed,
      realizedPnl: row.realized_pnl,
      fees: row.fees,
    }))
  }

  async followers(
    filter: TradeFilter & { readonly followIds?: readonly string[] | undefined },
    window: Window,
  ): Promise<FollowerView[]> {
    const rows = await this.database.queryOwn<{
      follow_id: string
      account_id: string
      user_id: string
      currency: string
      trades_closed: number
      realized_pnl: string
      fees: string
      last_closed_at: Date
    }>(
      filter.userId ?? null,
      `select distinct on (follow_id) * from (
         select follow_id, account_id, user_id, currency, count(distinct trade_id)::int as trades_closed,
                trim_scale(sum(amount)) as realized_pnl,
                trim_scale(coalesce(-sum(amount) filter (where kind = 'fee'), 0)) as fees,
                max(occurred_at) as last_closed_at
         from ledger_entry where ${FILTER} and ($5::uuid is null or follow_id < $5)
           and ($7::uuid[] is null or follow_id = any($7))
         group by follow_id, account_id, user_id, currency) as x
       order by follow_id desc, trades_closed desc, currency limit $6`,
      [...parametersOf(filter), window.afterId ?? null, window.limit, filter.followIds ?? null],
    )
    return rows.map((row) => ({
      followId: row.follow_id,
      accountId: row.account_id,
      userId: row.user_id,
      currency: row.currency,
      tradesClosed: row.trades_closed,
      realizedPnl: row.realized_pnl,
      fees: row.fees,
      lastClosedAt: row.last_closed_at.toISOString(),
    }))
  }

  async tradesOf({ userId, strategyId, from, before, after, limit }: LedgerWindow): Promise<LedgerTrade[]> {
    const rows = await this.database.queryOwn<LedgerRow>(userId, TRADES_OF, [
      userId,
      strategyId,
      from,
      before,
      after?.closedAt ?? null,
      after?.tradeId ?? null,
      limit,
    ])
    return rows.map((row) => ({
      tradeId: row.trade_id,
      followId: row.follow_id,
      symbol: row.symbol,
      currency: row.currency,
      realizedPnl: row.realized_pnl,
      fees: row.fees,
      closedAt: row.occurred_at.toISOString(),
    }))
  }
}

interface LedgerRow {
  readonly trade_id: string
  readonly follow_id: string
  readonly symbol: string
  readonly currency: string
  readonly realized_pnl: string
  readonly fees: string
  readonly occurred_at: Date
}

interface TradeRow {
  readonly id: string
  readonly signal_id: string
  readonly strategy_id: string
  readonly follow_id: string
  readonly account_id: string
  readonly user_id: string
  readonly venue: TradeView['venue']
  readonly symbol: string
  readonly side: TradeView['side']
  readonly state: TradeView['state']
  readonly quantity: string
  readonly open_price: string
  readonly opened_at: Date
  readonly stop_loss: string | null
  readonly take_profits: string[]
  readonly unprotected_ms: number | null
  readonly close_price: string | null
  readonly closed_at: Date | null
  readonly reason: string | null
  readonly realized_pnl: string | null
  readonly fees: string | null
}

function parametersOf(filter: TradeFilter): (string | null)[] {
  return [filter.userId ?? null, filter.strategyId ?? null, filter.followId ?? null, filter.accountId ?? null]
}

function closedParametersOf(filter: ClosedFilter): (string | null)[] {
  return [...parametersOf(filter), filter.from ?? null, filter.origin ?? null, filter.currency ?? null]
}

function columnsOf(trade: Opened | Closed) {
  return {
    id: trade.tradeId,
    signal_id: trade.signalId,
    strategy_id: trade.strategyId,
    follow_id: trade.followId,
    account_id: trade.accountId,
    user_id: trade.userId,
    venue: trade.venue,
    symbol: trade.symbol,
    side: trade.side,
    quantity: trade.quantity,
    open_price: trade.openPrice,
    opened_at: trade.openedAt,
  }
}

/** Two entries a trade, summing to its realized profit and loss. */
function entriesOf(trade: Closed) {
  const shared = {
    trade_id: trade.tradeId,
    strategy_id: trade.strategyId,
    follow_id: trade.followId,
    account_id: trade.accountId,
    user_id: trade.userId,
    currency: trade.symbol.split('/')[1],
    occurred_at: trade.closedAt,
  }
  const fees = decimal(trade.fees)
  const gross = decimal(trade.realizedPnl).plus(fees)
  return [
    { ...shared, kind: 'gross-pnl', amount: gross.toString() },
    { ...shared, kind: 'fee', amount: fees.neg().toString() },
  ]
}

function toTrade(row: TradeRow): TradeView {
  return {
    id: row.id,
    signalId: row.signal_id,
    strategyId: row.strategy_id,
    followId: row.follow_id,
    accountId: row.account_id,
    userId: row.user_id,
    venue: row.venue,
    symbol: row.symbol,
    side: row.side,
    state: row.state,
    quantity: row.quantity,
    openPrice: row.open_price,
    stopLoss: row.stop_loss,
    takeProfits: row.take_profits,
    openedAt: row.opened_at.toISOString(),
    unprotectedMs: row.unprotected_ms,
    closePrice: row.close_price,
    closedAt: row.closed_at?.toISOString() ?? null,
    reason: row.reason,
    realizedPnl: row.realized_pnl,
    fees: row.fees,
  }
}
