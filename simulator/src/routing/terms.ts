/**
 * What a world trades: positions or coins, which symbols, and what its venue has no order for. Drawn once from the seed.
 * Called by the world for all its parts. Must never change while a world lasts: what was planned is judged by it.
 */
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import type { AccountEnvironment } from '@tradewire/contracts/common'
import { type Decimal, decimal } from '@tradewire/kernel/decimal'
import type { InstrumentNews } from '@tradewire/orders/ports/facts.port'
import type { Choices } from './choices.ts'

export interface Terms {
  /** `cex` has no target beside a stop: both that and the trailing stop of all coins are watched for. */
  readonly venue: 'binance-usdm' | 'binance-spot' | 'cex'
  /** Coins are held and sold, each exit locks what it sells, and nothing can be sold short. */
  readonly coins: boolean
  /** Of the first strategy and of the second one; often the same. */
  readonly symbols: readonly [string, string]
}

/** Of all accounts. */
export const onlyEnvironment: AccountEnvironment = 'paper'

/** What one symbol is paid with at the moment. */
export type PriceOf = (symbol: string) => Decimal

const [bitcoin, ether] = ['BTC/USDT', 'ETH/USDT'] as const
const coinShare = 0.35
const secondSymbolShare = 0.5
const quantityStep = '0.001'

export function termsOf(choices: Choices): Terms {
  const coins = choices.chance(coinShare)
  const venue = coins ? choices.oneOf(['binance-spot', 'cex'] as const) : 'binance-usdm'
  return { venue, coins, symbols: [bitcoin, choices.chance(secondSymbolShare) ? ether : bitcoin] }
}

/** Each once. */
export function symbolsOf({ symbols }: Terms): readonly string[] {
  return [...new Set(symbols)]
}

export function instrumentOf({ venue, coins }: Terms, symbol: string): Omit<InstrumentNews, 'observedAt'> {
  return {
    venue,
    environment: onlyEnvironment,
    symbol,
    kind: coins ? 'spot' : 'perpetual',
    base: baseOf(symbol),
    quote: 'USDT',
    active: true,
    priceStep: '0.1',
    quantityStep,
    minimumQuantity: quantityStep,
    maximumQuantity: '1000',
    minimumNotional: '5',
    contractSize: '1',
  }
}

export function baseOf(symbol: string): string {
  return symbol.split('/')[0]!
}

export const step: Decimal = decimal(quantityStep)

/** What a venue of this kind declares to `brokers`. */
export function capabilitiesOf({ coins }: Terms): Omit<BrokerDefinition['capabilities'], 'clientId'> {
  return {
    orderTypes: ['market', 'limit', 'stop-market', 'stop-limit', coins ? 'stop-or-target' : 'trailing-stop'],
    reduceOnly: !coins,
    trailing: !coins,
    leverage: null,
    hedging: false,
    positions: coins ? 'coins' : 'net',
    targets: true,
    streams: { orders: true, balances: false },
    feeInReply: true,
    keyTold: [],
    instrumentsPer: 'venue',
  }
}
