/** A market's quote and settings as the control API shows and changes them. Called by its routes. Must never round silently. */
import type { ChangeMarket } from '@tradewire/contracts/paper/control'
import { amount as parse, formatAmount, type Amount } from '#domain/amount'
import type { MarketSettings } from '#domain/records'
import type { Market } from '#domain/state'

export function marketView({ instrument, settings, price, bid, ask }: Market) {
  return {
    venue: instrument.venue,
    symbol: instrument.symbol,
    price: formatAmount(price),
    bid: formatAmount(bid),
    ask: formatAmount(ask),
    spreadBasisPoints: formatAmount(settings.spreadPoints),
    slippageBasisPoints: formatAmount(settings.slippagePoints),
    liquidityQuantity: settings.liquidity === null ? null : formatAmount(settings.liquidity),
    makerFeeRate: formatAmount(settings.makerFeeRate),
    takerFeeRate: formatAmount(settings.takerFeeRate),
  }
}

/** What is left out stays as it is. The new spread shows from the next tick on. */
export function settingsOf(market: Market, change: ChangeMarket): MarketSettings {
  const { settings } = market
  const { spreadBasisPoints, slippageBasisPoints, liquidityQuantity, makerFeeRate, takerFeeRate } = change
  return {
    spreadPoints: spreadBasisPoints === undefined ? settings.spreadPoints : parse(spreadBasisPoints),
    slippagePoints: slippageBasisPoints === undefined ? settings.slippagePoints : parse(slippageBasisPoints),
    liquidity: liquidityOf(settings.liquidity, liquidityQuantity),
    makerFeeRate: makerFeeRate === undefined ? settings.makerFeeRate : parse(makerFeeRate),
    takerFeeRate: takerFeeRate === undefined ? settings.takerFeeRate : parse(takerFeeRate),
  }
}

function liquidityOf(current: Amount | null, change: string | null | undefined): Amount | null {
  if (change === undefined) return current
  return change === null ? null : parse(change)
}
