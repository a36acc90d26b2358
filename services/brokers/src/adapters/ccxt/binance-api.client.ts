/**
 * What only Binance's two venues ask of their accounts. Called by the two Binance sessions.
 * Must never ask the simulated venue what only the real one knows.
 */
import type { Clock } from '@tradewire/kernel/clock'
import { ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import { binanceCodes } from './ccxt-error.map.ts'
import type { CcxtExchange } from './ccxt-exchange.client.ts'
import { type Answer, endpoint, ExchangeApi } from './exchange-api.client.ts'

export interface BinanceSide {
  readonly contracts: boolean
  readonly live: boolean
  readonly clock: Clock
}

const keyRestrictions = z.object({ enableWithdrawals: z.boolean() })

export class BinanceApi extends ExchangeApi {
  private readonly live: boolean

  constructor(exchange: CcxtExchange, { contracts, live, clock }: BinanceSide) {
    super(exchange, { contracts, clock, codes: binanceCodes })
    this.live = live
  }

  /** Only the real venue knows what a key may do besides trading. */
  async mayWithdraw(): Answer<boolean> {
    if (!this.live) return ok(false)
    const restrictions = await this.call('read', keyRestrictions, (exchange) =>
      endpoint(exchange, 'sapiGetAccountApiRestrictions'),
    )
    return restrictions.ok ? ok(restrictions.value.enableWithdrawals) : restrictions
  }
}
