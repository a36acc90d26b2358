/**
 * One account's calls through ccxt with errors as values and replies parsed. Called by the sessions of all exchanges.
 * Must never let an exception of the library or an unread reply of a placement pass as a refusal.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { Clock } from '@tradewire/kernel/clock'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import { type CallKind, mapThrown, type VenueCodes } from './ccxt-error.map.ts'
import type { CcxtExchange, CcxtMarket } from './ccxt-exchange.client.ts'

export type Answer<Value> = Promise<Result<Value, BrokerError>>

export interface ExchangeSide {
  /** Contract markets are named BTC/USDT:USDT by ccxt. */
  readonly contracts: boolean
  readonly clock: Clock
  readonly codes: VenueCodes
}

export class ExchangeApi {
  private clockChecked: Promise<unknown> | null = null

  constructor(
    readonly exchange: CcxtExchange,
    private readonly side: ExchangeSide,
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
      const error = mapThrown(thrown, kind, this.retryAfterMs(), this.side.codes)
      if (thrown instanceof Error && thrown.constructor.name === 'InvalidNonce') this.resetClock()
      return err(error)
    }
    const parsed = schema.safeParse(raw)
    if (parsed.success) return ok(parsed.data)
    const message = 'the reply cannot be read'
    return err(kind === 'read' ? brokerError.connectivity(message) : brokerError.outcomeUnknown(message))
  }

  nowMs(): number {
    return this.side.clock.now().getTime()
  }

  /** ccxt's name of our symbol. */
  marketName(symbol: string): string {
    return this.side.contracts ? `${symbol}:${symbol.split('/')[1] ?? ''}` : symbol
  }

  market(symbol: string): CcxtMarket | null {
    return ownValue(this.exchange.markets, this.marketName(symbol)) ?? null
  }

  /** The venue's id of our symbol, such as BTCUSDT; null when the venue does not list it. */
  marketId(symbol: string): string | null {
    return this.market(symbol)?.id ?? null
  }

  /** Our symbol of a venue's id; ids of markets that we cannot name stay as they are. */
  symbolOf(marketId: string): string {
    const byId = (this.exchange as unknown as { markets_by_id?: Record<string, readonly CcxtMarket[]> }).markets_by_id
    const market = ownValue(byId, marketId)?.find((each) => (this.side.contracts ? each.swap === true : each.spot))
    return market === undefined ? marketId : `${market.base}/${market.quote}`
  }

  /** As the venue lists them now. */
  async listed(): Answer<readonly CcxtMarket[]> {
    const read = await this.call('read', z.unknown(), (exchange) => exchange.rereadMarkets())
    return read.ok ? ok(this.markets()) : read
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

/** What a venue names may be anything, also what every object has. */
function ownValue<Value>(values: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined
}

/** Null when the venue proved that it knows no such order. */
export async function absentAsNull<Value>(answer: Answer<Value>): Answer<Value | null> {
  const result = await answer
  if (result.ok) return result
  return result.error.kind === 'rejected' && result.error.code === 'ORDER_NOT_FOUND' ? ok(null) : result
}

/** Calls one of ccxt's endpoint methods on the account's own session. */
export function endpoint(
  exchange: CcxtExchange,
  name: `${'binance' | 'fapi' | 'private' | 'public' | 'sapi' | 'v3'}${string}`,
  parameters: Record<string, unknown> | readonly Record<string, unknown>[] = {},
): Promise<unknown> {
  const call = exchange[name]
  if (call === undefined) throw new Error(`ccxt has no endpoint ${name}`)
  return call.call(exchange, parameters)
}
