/**
 * One account's calls through ccxt with errors as values and replies parsed. Called by the two Binance sessions.
 * Must never let an exception of the library or an unread reply of a placement pass as a refusal.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { Clock } from '@tradewire/kernel/clock'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import { type CallKind, mapThrown } from './ccxt-error.map.ts'
import type { CcxtExchange, CcxtMarket } from './ccxt-exchange.client.ts'

export type Answer<Value> = Promise<Result<Value, BrokerError>>

export interface BinanceSide {
  /** USD-M markets are named BTC/USDT:USDT by ccxt. */
  readonly contracts: boolean
  readonly live: boolean
  readonly clock: Clock
}

const keyRestrictions = z.object({ enableWithdrawals: z.boolean() })

export class BinanceApi {
  private clockChecked: Promise<unknown> | null = null

  constructor(
    readonly exchange: CcxtExchange,
    private readonly side: BinanceSide,
  ) {}

  async call<Schema extends z.ZodType>(
    kind: CallKind,
    schema: Schema,
    work: (exchange: CcxtExchange) => Promise<unknown>,
  ): Answer<z.output<Schema>> {
    let raw: unknown
    try {
      raw = await work(this.exchange)
    } catch (thrown) {
      const error = mapThrown(thrown, kind, this.retryAfterMs())
      if (thrown instanceof Error && thrown.constructor.name === 'InvalidNonce') this.resetClock()
      return err(error)
    }
    const parsed = schema.safeParse(raw)
    if (parsed.success) return ok(parsed.data)
    const message = 'the reply cannot be read'
    return err(kind === 'read' ? brokerError.connectivity(message) : brokerError.outcomeUnknown(message))
  }

  /** Only the real venue knows what a key may do besides trading. */
  async mayWithdraw(): Answer<boolean> {
    if (!this.side.live) return ok(false)
    const restrictions = await this.call('read', keyRestrictions, (exchange) =>
      endpoint(exchange, 'sapiGetAccountApiRestrictions'),
    )
    return restrictions.ok ? ok(restrictions.value.enableWithdrawals) : restrictions
  }

  nowMs(): number {
    return this.side.clock.now().getTime()
  }

  /** ccxt's name of our symbol. */
  marketName(symbol: string): string {
    return this.side.contracts ? `${symbol}:${symbol.split('/')[1] ?? ''}` : symbol
  }

  /** Binance's id of our symbol, BTCUSDT; null when the venue does not list it. */
  marketId(symbol: string): string | null {
    return this.exchange.markets?.[this.marketName(symbol)]?.id ?? null
  }

  /** Our symbol of a Binance id; ids of markets that we cannot name stay as they are. */
  symbolOf(marketId: string): string {
    const byId = (this.exchange as unknown as { markets_by_id?: Record<string, readonly CcxtMarket[]> }).markets_by_id
    const market = byId?.[marketId]?.find((each) => (this.side.contracts ? each.swap === true : each.spot))
    return market === undefined ? marketId : `${market.base}/${market.quote}`
  }

  markets(): readonly CcxtMarket[] {
    return Object.values(this.exchange.markets ?? {}).filter((each) =>
      this.side.contracts ? each.linear === true && each.swap === true : each.spot,
    )
  }

  private retryAfterMs(): number | null {
    const text = this.exchange.last_response_headers?.['Retry-After']
    return text !== undefined && /^\d{1,5}$/.test(text) ? Number.parseInt(text, 10) * 1_000 : null
  }

  /** The venue found our time stamp stale: its clock is asked for once, for all calls that wait on it. */
  private resetClock(): void {
    this.clockChecked ??= this.exchange
      .loadTimeDifference()
      .catch(() => undefined)
      .finally(() => {
        this.clockChecked = null
      })
  }
}

/** Calls one of ccxt's endpoint methods on the account's own session. */
export function endpoint(
  exchange: CcxtExchange,
  name: `${'fapi' | 'private' | 'sapi'}${string}`,
  parameters: Record<string, unknown> = {},
): Promise<unknown> {
  const call = exchange[name]
  if (call === undefined) throw new Error(`ccxt has no endpoint ${name}`)
  return call.call(exchange, parameters)
}
