/**
 * OKX's instruments by our symbols and by its own names, with the size of a contract. Called by the OKX session and stream.
 * Must never guess the size of a contract: what is not listed is not told.
 */
import { decimal } from '@tradewire/kernel/decimal'
import type { ExchangeApi } from '../ccxt/exchange-api.client.ts'
import { contractSizeOf } from './okx-instrument.map.ts'
import type { OkxMarket } from './okx-order.wire.ts'

export class OkxMarkets {
  constructor(
    private readonly api: ExchangeApi,
    readonly instrumentType: 'SPOT' | 'SWAP',
  ) {}

  of(symbol: string): OkxMarket | null {
    const market = this.api.market(symbol)
    const contractSize = market === null ? null : contractSizeOf(market)
    return contractSize === null ? null : { symbol, contractSize }
  }

  /** A quantity of the base as the venue counts it; null when the symbol is not listed. */
  contractsOf(symbol: string, quantity: string): string | null {
    const market = this.of(symbol)
    return market === null ? null : decimal(quantity).div(market.contractSize).toString()
  }

  /** Reads something of an instrument by the venue's name of it; nothing for instruments that we cannot name. */
  told<Value>(instId: string, read: (market: OkxMarket) => Value): Value[] {
    const market = this.of(this.api.symbolOf(instId))
    return market === null ? [] : [read(market)]
  }
}
