/**
 * The symbols of one broker server: the venue's names, ours, and their steps; quantities are lots. Called by the sessions,
 * which share one book for each server. Must never let two of the venue's names have one of ours.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import type { Clock } from '@tradewire/kernel/clock'
import { decimal, ZERO } from '@tradewire/kernel/decimal'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import type { Door } from '#clients/venue-doors.client'
import { lettersOf } from '#domain/instruments/symbol-text'
import type { Answer, MetaapiApi } from './metaapi-api.client.ts'
import { type SymbolSpecification, symbolSpecification } from './metaapi-records.wire.ts'

export interface Listed {
  readonly name: string
  readonly instrument: VenueInstrument
}

/** Each costs a call: brokers list thousands, of which most are shares. */
const symbolsMax = 120
const symbolsFreshMs = 600_000
const readsAtOnceMax = 6
const names = z.array(z.string().min(1).max(64)).max(100_000)
const currencies = 'USD|EUR|GBP|JPY|CHF|AUD|CAD|NZD'
/** What is traded most comes first. */
const ranks = [
  new RegExp(`^(${currencies})(${currencies})`),
  /^(XAU|XAG|GOLD|SILVER)/,
  /^(BTC|ETH|BITCOIN)/,
  /^(US|GER|DE|UK|NAS|SPX|DJ|JP|FRA|EU|AUS|HK)\d/,
  new RegExp(`^[A-Z]{3}(${currencies})`),
]

/** EURUSD.m is EUR/USD, US500 is US500/USD: what is traded over the currency of its profit. Null when nothing is left. */
export function symbolOf({ symbol, baseCurrency, profitCurrency }: SymbolSpecification): string | null {
  const quote = lettersOf(profitCurrency)
  const base = lettersOf(baseCurrency) === quote || baseCurrency === '' ? lettersOf(symbol) : lettersOf(baseCurrency)
  return base === '' || quote === '' || base === quote ? null : `${base}/${quote}`
}

function listedOf(specification: SymbolSpecification): Listed | null {
  const symbol = symbolOf(specification)
  const { tickSize, volumeStep, contractSize, minVolume, maxVolume, tradeMode } = specification
  if (symbol === null || [tickSize, volumeStep, contractSize].some((step) => decimal(step).lte(ZERO))) return null
  const [base = '', quote = ''] = symbol.split('/')
  const instrument: VenueInstrument = {
    symbol,
    kind: 'perpetual',
    base,
    quote,
    active: tradeMode !== 'SYMBOL_TRADE_MODE_DISABLED' && tradeMode !== 'SYMBOL_TRADE_MODE_CLOSEONLY',
    priceStep: decimal(tickSize).toString(),
    quantityStep: decimal(volumeStep).toString(),
    minimumQuantity: decimal(minVolume).toString(),
    maximumQuantity: decimal(maxVolume).toString(),
    minimumNotional: '0',
    contractSize: decimal(contractSize).toString(),
  }
  return { name: specification.symbol, instrument }
}

/** The shortest of the names that mean the same comes first: others are the same with other terms. */
export function chosen(all: readonly string[]): readonly string[] {
  const rankOf = (name: string) => {
    const rank = ranks.findIndex((pattern) => pattern.test(lettersOf(name)))
    return rank === -1 ? ranks.length : rank
  }
  return [...new Set(all)]
    .toSorted((one, other) => rankOf(one) - rankOf(other) || one.length - other.length || (one < other ? -1 : 1))
    .slice(0, symbolsMax)
}

export class MetaapiSymbols {
  private byName: ReadonlyMap<string, Listed | null> = new Map()
  private bySymbol: ReadonlyMap<string, Listed> = new Map()
  private loading: Answer<undefined> | null = null
  private readAtMs: number | null = null

  constructor(private readonly clock: Clock) {}

  /** Read once for all accounts of the server. */
  async load(api: MetaapiApi, door: Door, path: string): Answer<undefined> {
    return this.readAtMs === null ? this.readOnce(api, door, path) : ok(undefined)
  }

  /** As the server lists them now, unless that was read a moment ago; what is known stays where that fails. */
  async reread(api: MetaapiApi, door: Door, path: string): Answer<undefined> {
    const fresh = this.readAtMs !== null && this.clock.monotonicMs() - this.readAtMs < symbolsFreshMs
    return fresh ? ok(undefined) : this.readOnce(api, door, path)
  }

  private readOnce(api: MetaapiApi, door: Door, path: string): Answer<undefined> {
    this.loading ??= this.read(api, door, path).finally(() => (this.loading = null))
    return this.loading
  }

  instruments(): readonly VenueInstrument[] {
    return [...this.bySymbol.values()].map(({ instrument }) => instrument)
  }

  /** The venue's name of our symbol. */
  nameOf(symbol: string): Result<string, brokerError.RejectedError> {
    const listed = this.bySymbol.get(symbol)
    return listed === undefined
      ? err(brokerError.rejected('UNKNOWN_SYMBOL', `${symbol} is not listed`))
      : ok(listed.name)
  }

  /** Our symbol of the venue's name; what somebody trades beside us has its own name over nothing we know. */
  symbolOf(name: string): string | null {
    return this.byName.get(name)?.instrument.symbol ?? null
  }

  private async read(api: MetaapiApi, door: Door, path: string): Answer<undefined> {
    const all = await api.read(door, { method: 'GET', path }, names)
    if (!all.ok) return all
    const queue = [...chosen(all.value)]
    const found: { readonly name: string; readonly listed: Listed | null }[] = []
    let failed: brokerError.BrokerError | null = null
    const worker = async (): Promise<void> => {
      for (let name = queue.shift(); name !== undefined && failed === null; name = queue.shift()) {
        const one = `${path}/${encodeURIComponent(name)}/specification`
        const told = await api.read(door, { method: 'GET', path: one }, z.unknown())
        if (!told.ok && told.error.kind !== 'rejected') failed = told.error
        const parsed = symbolSpecification.safeParse(told.ok ? told.value : undefined)
        found.push({ name, listed: parsed.success ? listedOf(parsed.data) : null })
      }
    }
    await Promise.all(Array.from({ length: readsAtOnceMax }, worker))
    if (failed !== null) return err(failed)
    const byName = new Map<string, Listed | null>()
    const bySymbol = new Map<string, Listed>()
    const order = chosen(all.value)
    for (const { name, listed } of found.toSorted(
      (one, other) => order.indexOf(one.name) - order.indexOf(other.name),
    )) {
      byName.set(name, listed)
      if (listed !== null && !bySymbol.has(listed.instrument.symbol)) bySymbol.set(listed.instrument.symbol, listed)
    }
    this.byName = byName
    this.bySymbol = bySymbol
    this.readAtMs = this.clock.monotonicMs()
    return ok(undefined)
  }
}
