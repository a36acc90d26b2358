/**
 * OKX's instruments as ours. Called by the OKX session.
 * Must never take steps from ccxt's parsed numbers, and never tell a number of contracts as a quantity.
 */
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import { type Decimal, decimal, ONE, ZERO } from '@tradewire/kernel/decimal'
import { z } from 'zod'
import { amount, amountOrNone, plain } from '../ccxt/amounts.wire.ts'
import type { CcxtMarket } from '../ccxt/ccxt-exchange.client.ts'

const symbolPart = /^[A-Z0-9]{1,20}$/

const filters = z.object({
  tickSz: amount,
  lotSz: amount,
  minSz: amount,
  maxLmtSz: amount,
  maxMktSz: amount,
  ctVal: amountOrNone,
  ctMult: amountOrNone,
})

/** Base units of one contract; one for coins. Null when the venue does not tell it. */
export function contractSizeOf(market: CcxtMarket): Decimal | null {
  const parsed = filters.safeParse(market.info)
  if (!parsed.success) return null
  if (market.spot) return ONE
  if (parsed.data.ctVal === null) return null
  const size = decimal(plain(parsed.data.ctVal)).times(decimal(plain(parsed.data.ctMult ?? '1')))
  return size.gt(ZERO) ? size : null
}

/** Null for instruments that our symbols cannot name or whose rules are incomplete. */
export function okxInstrumentOf(market: CcxtMarket): VenueInstrument | null {
  if (!symbolPart.test(market.base) || !symbolPart.test(market.quote)) return null
  const parsed = filters.safeParse(market.info)
  const contract = contractSizeOf(market)
  if (!parsed.success || contract === null) return null
  const units = (text: string) => decimal(plain(text)).times(contract)
  const { tickSz, lotSz, minSz, maxLmtSz, maxMktSz } = parsed.data
  const [limitMax, marketMax] = [units(maxLmtSz), units(maxMktSz)]
  return {
    symbol: `${market.base}/${market.quote}`,
    kind: market.spot ? 'spot' : 'perpetual',
    base: market.base,
    quote: market.quote,
    active: market.active,
    priceStep: plain(tickSz),
    quantityStep: units(lotSz).toString(),
    minimumQuantity: units(minSz).toString(),
    maximumQuantity: (limitMax.lt(marketMax) ? limitMax : marketMax).toString(),
    minimumNotional: '0',
    contractSize: '1',
  }
}
