/**
 * ccxt's markets as our instruments, from the venue's own filters. Called by the Binance sessions.
 * Must never take steps from ccxt's parsed numbers: those are binary fractions.
 */
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import { decimal, isDecimalText, ZERO } from '@tradewire/kernel/decimal'
import type { CcxtMarket } from '../ccxt/ccxt-exchange.client.ts'

type Filters = ReadonlyMap<string, Record<string, unknown>>

const noMaximum = '1000000000'
const symbolPart = /^[A-Z0-9]{1,20}$/

/** Null for markets that our symbols cannot name or whose filters are incomplete. */
export function instrumentOf(market: CcxtMarket): VenueInstrument | null {
  if (!symbolPart.test(market.base) || !symbolPart.test(market.quote)) return null
  const filters: Filters = new Map(filtersOf(market).map((filter) => [String(filter['filterType']), filter]))
  const priceStep = textOf(filters, 'PRICE_FILTER', 'tickSize')
  const lot = textOf(filters, 'LOT_SIZE', 'stepSize')
  if (priceStep === null || lot === null) return null
  const marketLot = textOf(filters, 'MARKET_LOT_SIZE', 'stepSize')
  return {
    symbol: `${market.base}/${market.quote}`,
    kind: market.spot ? 'spot' : 'perpetual',
    base: market.base,
    quote: market.quote,
    active: market.active,
    priceStep,
    // Market orders may have their own, coarser step: entries use it too, so that one size fits both.
    quantityStep: marketLot !== null && decimal(marketLot).gt(decimal(lot)) ? marketLot : lot,
    minimumQuantity: textOf(filters, 'LOT_SIZE', 'minQty') ?? lot,
    maximumQuantity: smallerOf(textOf(filters, 'LOT_SIZE', 'maxQty'), textOf(filters, 'MARKET_LOT_SIZE', 'maxQty')),
    minimumNotional:
      textOf(filters, 'MIN_NOTIONAL', 'notional') ??
      textOf(filters, 'MIN_NOTIONAL', 'minNotional') ??
      textOf(filters, 'NOTIONAL', 'minNotional') ??
      '0',
    contractSize: '1',
  }
}

function filtersOf(market: CcxtMarket): readonly Record<string, unknown>[] {
  const list = market.info['filters']
  return Array.isArray(list) ? (list as Record<string, unknown>[]) : []
}

/** Null when the filter is missing or its value is 0, which means that the rule is off. */
function textOf(filters: Filters, filter: string, key: string): string | null {
  const value = filters.get(filter)?.[key]
  if (typeof value !== 'string' || !isDecimalText(value)) return null
  const parsed = decimal(value)
  return parsed.gt(ZERO) ? parsed.toString() : null
}

function smallerOf(first: string | null, second: string | null): string {
  if (first === null || second === null) return first ?? second ?? noMaximum
  return decimal(first).lt(decimal(second)) ? first : second
}
