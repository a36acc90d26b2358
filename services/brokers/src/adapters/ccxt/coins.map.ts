/**
 * Coins as positions, for venues that keep balances only. Called by the sessions of spot exchanges.
 * Must never value a coin: what was paid for it is not known here.
 */
import type { VenueBalance, VenuePosition } from '@tradewire/broker-kit/broker-session'

/** What is held of a coin counts as a long position of its market against the currency that accounts trade with. */
export function positionsOfCoins(
  balances: readonly VenueBalance[],
  isListed: (symbol: string) => boolean,
): VenuePosition[] {
  return balances.flatMap(({ currency, total }) => {
    const symbol = `${currency}/USDT`
    if (total === '0' || !isListed(symbol)) return []
    return [{ symbol, side: 'buy' as const, quantity: total, entryPrice: null, unrealizedPnl: '0' }]
  })
}
