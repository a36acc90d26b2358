/** Rows as the answers show them. Called by the reading store. Must never show more than the contract names. */
import { type Denial, denialReplyOf } from '@tradewire/contracts/denials/all'
import type { BracketReply, PositionReply } from '@tradewire/contracts/rpc/orders'
import type { Venue } from '@tradewire/contracts/common'
import type { BracketState } from '../domain/bracket/bracket.ts'
import type { Reason } from '../domain/bracket/leg.ts'
import { sellsCoins, venueCapabilities } from '../domain/planning/venue-capabilities.ts'
import { type StoredLeg, storedLegs } from './bracket.mapper.ts'

export interface BracketReadRow {
  readonly id: string
  readonly signal_id: string
  readonly strategy_id: string
  readonly follow_id: string
  readonly account_id: string
  readonly user_id: string
  readonly venue: Venue
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly state: BracketState
  readonly quantity: string | null
  readonly leverage: number | null
  readonly filled_quantity: string
  readonly closed_quantity: string
  readonly open_price: string | null
  readonly close_price: string | null
  readonly realized_pnl: string | null
  readonly fees: string | null
  readonly close_reason: BracketReply['closeReason']
  readonly denial_code: Denial['code'] | null
  readonly denial_context: Denial['context'] | null
  readonly failure: Reason | null
  readonly unprotected_ms: number
  readonly created_at: Date
  readonly opened_at: Date | null
  readonly closed_at: Date | null
  readonly legs: string
}

export const bracketReadColumns = `b.bracket_id as id, b.signal_id, b.strategy_id, b.follow_id, b.account_id, b.user_id,
  b.venue, b.symbol, b.side, b.state, b.quantity, b.leverage, b.filled_quantity, b.closed_quantity, b.open_price,
  b.close_price, b.realized_pnl, b.fees, b.close_reason, b.denial_code, b.denial_context,
  b.failure, b.unprotected_ms, b.created_at, b.opened_at, b.closed_at, b.legs`

export interface PositionRow {
  readonly id: string
  readonly strategy_id: string
  readonly follow_id: string
  readonly account_id: string
  readonly user_id: string
  readonly venue: Venue
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly state: BracketState
  readonly held: string
  readonly open_price: string | null
  readonly stop_price: string
  readonly covered: string
  readonly first_filled_at: Date | null
}

export const positionColumns = `b.bracket_id as id, b.strategy_id, b.follow_id, b.account_id, b.user_id, b.venue, b.symbol,
  b.side, b.state, b.filled_quantity - b.closed_quantity - b.gone_quantity as held, b.open_price, b.first_filled_at,
  coalesce(stop.trigger, p.plans #>> array[b.environment, 'prices', 'stop', 'trigger']) as stop_price,
  least(b.filled_quantity - b.closed_quantity - b.gone_quantity, coalesce(stop.open, 0)) as covered`

const coinVenues = Object.keys(venueCapabilities).filter((venue) => sellsCoins(venue as Venue))

/** The stop that covers the position: the largest one that stands, or all of them where each covers coins of its own. */
export const standingStopSql = `left join lateral (
  select case when b.venue = any ('{${coinVenues.join()}}') then sum(l.open) else max(l.open) end as open,
    (array_agg(l.trigger order by l.open desc))[1] as trigger
  from (
    select s.quantity - coalesce(s."filledQuantity", 0) as open, s."triggerPrice" as trigger
    from json_to_recordset(b.legs::json) as s (purpose text, type text, state text, quantity numeric,
      "filledQuantity" numeric, "triggerPrice" text, "cancelRequested" boolean)
    where s.purpose = 'stop' and s.state = 'working' and s."cancelRequested" is not true
      and (s.type <> 'stop-or-target' or s."filledQuantity" is null)
  ) l
) stop on true`

export function toBracketReply(row: BracketReadRow): BracketReply {
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
    leverage: row.leverage,
    filledQuantity: row.filled_quantity,
    closedQuantity: row.closed_quantity,
    openPrice: row.open_price,
    closePrice: row.close_price,
    realizedPnl: row.realized_pnl,
    fees: row.fees,
    closeReason: row.close_reason,
    denial:
      row.denial_code === null ? null : denialReplyOf({ code: row.denial_code, context: row.denial_context } as Denial),
    failure: row.failure,
    unprotectedMs: row.unprotected_ms,
    createdAt: row.created_at.toISOString(),
    openedAt: row.opened_at?.toISOString() ?? null,
    closedAt: row.closed_at?.toISOString() ?? null,
    legs: storedLegs(row.legs).map(legReply),
  }
}

export function legReply({ revision: _, watch, ...shown }: StoredLeg): BracketReply['legs'][number] {
  return { ...shown, execution: watch === undefined ? 'native' : 'emulated', watch: watch ?? null }
}

export function toPosition(row: PositionRow): PositionReply {
  return {
    bracketId: row.id,
    strategyId: row.strategy_id,
    followId: row.follow_id,
    accountId: row.account_id,
    userId: row.user_id,
    venue: row.venue,
    symbol: row.symbol,
    side: row.side,
    state: row.state,
    quantity: row.held,
    openPrice: row.open_price ?? '0',
    stopPrice: row.stop_price,
    protectedQuantity: row.covered,
    openedAt: row.first_filled_at?.toISOString() ?? null,
  }
}
