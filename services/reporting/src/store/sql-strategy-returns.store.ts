/** Strategies and what their signals came to, in PostgreSQL. Called through the StrategyReturns port. Must never keep an amount of one account. */
import { Injectable } from '@nestjs/common'
import type { DataOf } from '@tradewire/contracts/define-event'
import type { strategyChanged } from '@tradewire/contracts/events/signals'
import type { AssetClass, ListedStrategy } from '@tradewire/contracts/rpc/returns'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { decimal } from '@tradewire/kernel/decimal'
import type { Returns, SignalOutcome } from '../domain/returns.ts'
import type { Closed } from '../ports/ledger.port.ts'
import { type NumberedPage, type StrategyFilter, StrategyReturns } from '../ports/returns.port.ts'

/** The latest ones; a series that is longer begins with them. */
const outcomesMax = 5_000

const RECORD_STRATEGIES = `
insert into listed_strategy as known (strategy_id, name, venue, symbol, asset, active, myfxbook_url, revision)
select distinct on ("strategyId") "strategyId", name, venue, symbol, asset, active, "myfxbookUrl", revision
from jsonb_to_recordset($1::jsonb) as t("strategyId" uuid, name text, venue text, symbol text, asset text,
  active boolean, "myfxbookUrl" text, revision int)
order by "strategyId", revision desc
on conflict (strategy_id) do update set name = excluded.name, active = excluded.active, revision = excluded.revision,
  myfxbook_url = excluded.myfxbook_url,
  asked_at = case when known.myfxbook_url is not distinct from excluded.myfxbook_url then known.asked_at end,
  verification = case when known.myfxbook_url is not distinct from excluded.myfxbook_url then known.verification end
where known.revision < excluded.revision`

/** Who adds to a strategy holds its row until the commit: figures are reckoned from all that was added before. */
const MAKE_FIGURES = `
insert into strategy_figures (strategy_id) select unnest($1::uuid[]) order by 1 on conflict do nothing`
const HOLD_FIGURES =
  'select strategy_id from strategy_figures where strategy_id = any($1::uuid[]) order by 1 for update'

const ADD_OUTCOMES = `
insert into signal_outcome (strategy_id, signal_id, notional, net, closed_at)
select strategy_id, signal_id, sum(notional), sum(net), max(closed_at)
from jsonb_to_recordset($1::jsonb) as t(strategy_id uuid, signal_id uuid, notional numeric, net numeric,
  closed_at timestamptz)
group by strategy_id, signal_id order by strategy_id, signal_id
on conflict (strategy_id, signal_id) do update set notional = signal_outcome.notional + excluded.notional,
  net = signal_outcome.net + excluded.net, closed_at = greatest(signal_outcome.closed_at, excluded.closed_at)`

const KEEP_FIGURES = `
update strategy_figures set trades = $2, total_return = $3, monthly_return = $4, win_rate = $5, drawdown = $6,
  profit_factor = $7, risk_level = $8, last_trade_at = $9 where strategy_id = $1`

const OF_STRATEGY = `
select notional, net, closed_at from (
  select signal_id, notional, net, closed_at from signal_outcome where strategy_id = $1
  order by closed_at desc, signal_id desc limit ${outcomesMax}) latest
order by closed_at, signal_id`

const OF_FOLLOW = `
select notional, net, closed_at from (
  select id, quantity * open_price as notional, realized_pnl as net, closed_at from trade
  where follow_id = $1 and state = 'closed' and ($2::uuid is null or user_id = $2)
  order by id desc limit ${outcomesMax}) latest
order by closed_at, id`

const LISTED = 'listed_strategy left join strategy_figures using (strategy_id)'
const SHOWN = `active and ($1::text is null or risk_level = $1) and ($2::numeric is null or coalesce(monthly_return, 0) >= $2)
  and ($3::text is null or asset = $3)`

@Injectable()
export class SqlStrategyReturns extends StrategyReturns {
  constructor(private readonly database: Database) {
    super()
  }

  async recordStrategies(
    tx: Transaction,
    strategies: readonly (DataOf<typeof strategyChanged> & { readonly asset: AssetClass })[],
  ): Promise<void> {
    await tx.query(RECORD_STRATEGIES, [JSON.stringify(strategies)])
  }

  async add(tx: Transaction, trades: readonly Closed[]): Promise<void> {
    const strategyIds = [...new Set(trades.map(({ strategyId }) => strategyId))]
    await tx.query(MAKE_FIGURES, [strategyIds])
    await tx.query(HOLD_FIGURES, [strategyIds])
    const outcomes = trades.map((trade) => ({
      strategy_id: trade.strategyId,
      signal_id: trade.signalId,
      notional: decimal(trade.quantity).times(decimal(trade.openPrice)).toString(),
      net: trade.realizedPnl,
      closed_at: trade.closedAt,
    }))
    await tx.query(ADD_OUTCOMES, [JSON.stringify(outcomes)])
  }

  async keep(tx: Transaction, strategyId: string, returns: Returns): Promise<void> {
    const { trades, totalReturnPercent, monthlyReturnPercent, winRatePercent, maximumDrawdownPercent } = returns
    const { profitFactor, riskLevel, lastTradeAt } = returns
    const percents = [totalReturnPercent, monthlyReturnPercent, winRatePercent, maximumDrawdownPercent]
    await tx.query(KEEP_FIGURES, [strategyId, trades, ...percents, profitFactor, riskLevel, lastTradeAt])
  }

  async ofStrategy(strategyId: string, tx?: Transaction): Promise<SignalOutcome[]> {
    const rows = await (tx ?? this.database).query<OutcomeRow>(OF_STRATEGY, [strategyId])
    return rows.map(toOutcome)
  }

  async ofFollow(followId: string, userId: string | undefined): Promise<SignalOutcome[]> {
    const rows = await this.database.queryOwn<OutcomeRow>(userId ?? null, OF_FOLLOW, [followId, userId ?? null])
    return rows.map(toOutcome)
  }

  async find(strategyId: string): Promise<ListedStrategy | undefined> {
    const [row] = await this.database.query<ListedRow>(`select * from ${LISTED} where strategy_id = $1`, [strategyId])
    return row === undefined ? undefined : toListed(row)
  }

  async list(filter: StrategyFilter, { page, perPage }: NumberedPage): Promise<ListedStrategy[]> {
    const rows = await this.database.query<ListedRow>(
      `select * from ${LISTED} where ${SHOWN}
       order by monthly_return desc nulls last, strategy_id desc limit $4 offset $5`,
      [...parametersOf(filter), perPage, (page - 1) * perPage],
    )
    return rows.map(toListed)
  }

  async count(filter: StrategyFilter): Promise<number> {
    const sql = `select count(*)::int as count from ${LISTED} where ${SHOWN}`
    const [row] = await this.database.query<{ count: number }>(sql, parametersOf(filter))
    return row?.count ?? 0
  }
}

interface OutcomeRow {
  readonly notional: string
  readonly net: string
  readonly closed_at: Date
}

interface ListedRow {
  readonly strategy_id: string
  readonly name: string
  readonly venue: ListedStrategy['venue']
  readonly symbol: string
  readonly asset: AssetClass
  readonly active: boolean
  readonly trades: number | null
  readonly total_return: string | null
  readonly monthly_return: string | null
  readonly win_rate: string | null
  readonly drawdown: string | null
  readonly profit_factor: string | null
  readonly risk_level: ListedStrategy['riskLevel']
  readonly last_trade_at: Date | null
}

function parametersOf(filter: StrategyFilter): (string | null)[] {
  return [filter.riskLevel ?? null, filter.monthlyReturnPercentMin ?? null, filter.asset ?? null]
}

function toOutcome(row: OutcomeRow): SignalOutcome {
  return { notional: row.notional, net: row.net, closedAt: row.closed_at }
}

function toListed(row: ListedRow): ListedStrategy {
  return {
    strategyId: row.strategy_id,
    name: row.name,
    venue: row.venue,
    symbol: row.symbol,
    asset: row.asset,
    active: row.active,
    trades: row.trades ?? 0,
    totalReturnPercent: row.total_return ?? '0',
    monthlyReturnPercent: row.monthly_return ?? '0',
    winRatePercent: row.win_rate,
    maximumDrawdownPercent: row.drawdown ?? '0',
    profitFactor: row.profit_factor,
    riskLevel: row.risk_level,
    lastTradeAt: row.last_trade_at?.toISOString() ?? null,
  }
}
