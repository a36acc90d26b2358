/**
 * What only Binance's two venues ask of their accounts. Called by the two Binance sessions.
 * Must never take a key for one that may not withdraw which the venue has said nothing of.
 */
import type { KeyFacts } from '@tradewire/broker-kit/broker-session'
import type { Clock } from '@tradewire/kernel/clock'
import { ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import { binanceCodes } from '../ccxt/ccxt-error.map.ts'
import type { CcxtExchange } from '../ccxt/ccxt-exchange.client.ts'
import { type Answer, endpoint, ExchangeApi } from '../ccxt/exchange-api.client.ts'

export interface BinanceSide {
  readonly contracts: boolean
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
  constructor(exchange: CcxtExchange, { contracts, clock }: BinanceSide) {
    super(exchange, { contracts, clock, codes: binanceCodes })
  }

  async keyFacts(): Answer<KeyFacts> {
    const restrictions = await this.call('read', keyRestrictions, (exchange) =>
      endpoint(exchange, 'sapiGetAccountApiRestrictions'),
    )
    if (!restrictions.ok) return restrictions
    const { enableWithdrawals, ipRestrict, tradingAuthorityExpirationTime: expiresMs } = restrictions.value
    const expiresAt = expiresMs ? new Date(expiresMs) : null
    return ok({ mayWithdraw: enableWithdrawals, ipBound: ipRestrict ?? null, expiresAt })
  }
}
