/**
 * The symbols of a platform: the broker's names, ours, and their steps; quantities are lots. Pure. Called by the account.
 * Must never let two of the broker's names have one of ours.
 */
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import { decimal, ZERO } from '@tradewire/kernel/decimal'
import { lettersOf } from '#domain/instruments/symbol-text'
import type { GroupSecurity, SymbolConfig } from './mt-manager-records.wire.ts'

export interface Listed {
  readonly name: string
  readonly point: string
  readonly instrument: VenueInstrument
}

const currencyLetters = 3

/**
 * EURUSD.m in euros is EUR/USD, US500 in dollars is US500/USD. A pair of currencies is called by both, and its record names
 * the first; of anything else the record names what it is paid in. Null when no two parts are left.
 */
export function symbolOf({ symbol, currency, profitCalculationMode }: SymbolConfig): string | null {
  const name = lettersOf(symbol)
  const money = lettersOf(currency)
  if (name === '' || money === '') return null
  if (profitCalculationMode === 'Forex' && name.startsWith(money)) {
    const quote = name.slice(money.length, money.length + currencyLetters)
    return quote.length === currencyLetters && quote !== money ? `${money}/${quote}` : null
  }
  const base = name.endsWith(money) && name !== money ? name.slice(0, -money.length) : name
  return base === money ? null : `${base}/${money}`
}

function listedOf(config: SymbolConfig, security: GroupSecurity | undefined): Listed | null {
  const symbol = symbolOf(config)
  const step = decimal(config.tickSize).gt(ZERO) ? config.tickSize : config.point
  if (symbol === null || security === undefined || security.trade === '0') return null
  if ([step, config.point, config.contractSize, security.lotStep].some((each) => decimal(each).lte(ZERO))) return null
  const [base = '', quote = ''] = symbol.split('/')
  const instrument: VenueInstrument = {
    symbol,
    kind: 'perpetual',
    base,
    quote,
    active: config.tradeMode === 'Full',
    priceStep: decimal(step).toString(),
    quantityStep: security.lotStep,
    minimumQuantity: security.lotMin,
    maximumQuantity: security.lotMax,
    minimumNotional: '0',
    contractSize: decimal(config.contractSize).toString(),
  }
  return { name: config.symbol, point: decimal(config.point).toString(), instrument }
}

/** By our symbol. The shortest of the names that mean the same is taken: others are the same with other terms. */
export function listedSymbols(
  configs: readonly SymbolConfig[],
  securities: readonly GroupSecurity[],
): ReadonlyMap<string, Listed> {
  const listed = new Map<string, Listed>()
  const byLength = configs.toSorted(
    (one, other) => one.symbol.length - other.symbol.length || (one.symbol < other.symbol ? -1 : 1),
  )
  for (const config of byLength) {
    const one = listedOf(config, securities[Number(config.type)])
    if (one !== null && !listed.has(one.instrument.symbol)) listed.set(one.instrument.symbol, one)
  }
  return listed
}
