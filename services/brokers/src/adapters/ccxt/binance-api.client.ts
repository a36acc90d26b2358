/**
 * What only Binance's two venues ask of their accounts. Called by the two Binance sessions.
 * Must never ask the simulated venue what only the real one knows.
 */
import { keyUntold } from '@tradewire/broker-kit/broker-session'
import type { KeyFacts } from '@tradewire/broker-kit/broker-session'
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

/** The end of the year 9999: what is later has no date to be written as. */
const expiryLatestMs = 253_402_300_799_999

const keyRestrictions = z.object({
  enableWithdrawals: z.boolean(),
  ipRestrict: z.boolean().nullish(),
  /** Left out, or 0, of a key that does not expire. */
  tradingAuthorityExpirationTime: z.int().nonnegative().max(expiryLatestMs).nullish(),
})

export class BinanceApi extends ExchangeApi {
  private readonly live: boolean

  constructor(exchange: CcxtExchange, { contracts, live, clock }: BinanceSide) {
    super(exchange, { contracts, clock, codes: binanceCodes })
    this.live = live
  }

  /** Only the real venue knows what a key may do besides trading. */
  async keyFacts(): Answer<KeyFacts> {
    if (!this.live) return ok(keyUntold)
    const restrictions = await this.call('read', keyRestrictions, (exchange) =>
      endpoint(exchange, 'sapiGetAccountApiRestrictions'),
    )
    if (!restrictions.ok) return restrictions
    const { enableWithdrawals, ipRestrict, tradingAuthorityExpirationTime: expiresMs } = restrictions.value
    const expiresAt = expiresMs ? new Date(expiresMs) : null
    return ok({ mayWithdraw: enableWithdrawals, ipBound: ipRestrict ?? null, expiresAt })
  }
}
