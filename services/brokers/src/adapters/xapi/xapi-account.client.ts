/**
 * What one account's session knows and reads: symbols, trades, exits, money. Called by the session and its order desk.
 * Must never answer from memory where the venue was to be asked.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type {
  OrderReference,
  VenueBalance,
  VenueInstrument,
  VenueOrder,
  VenueRate,
} from '@tradewire/broker-kit/broker-session'
import type { TradingWindow } from '@tradewire/contracts/trade-settings'
import type { Clock } from '@tradewire/kernel/clock'
import { decimal, maximum, ZERO } from '@tradewire/kernel/decimal'
import { err, ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import { LevelExits } from '#domain/positions/level-exits'
import { XapiClosings } from './xapi-exits.map.ts'
import { listedOf, type Listed, tradingWindowsOf } from './xapi-instrument.map.ts'
import type { Answer, XapiMain } from './xapi-main.client.ts'
import {
  marginLevel,
  streamBalance,
  symbolRecord,
  tickPrices,
  tradeRecord,
  type TradeRecord,
  tradingHours,
} from './xapi-records.wire.ts'
import { XapiTrades } from './xapi-trades.map.ts'

/** Clocks differ, and the venue's history goes by its own. */
const historySlackMs = 60_000
const roundsMax = 4
const chunkCharactersMax = 800

export class XapiAccount {
  readonly exits = new LevelExits()
  readonly closings = new XapiClosings()
  readonly trades = new XapiTrades(this.exits, this.closings)
  currency: string | null = null
  private listed: ReadonlyMap<string, Listed> | null = null

  constructor(
    readonly main: XapiMain,
    private readonly clock: Clock,
  ) {}

  async symbols(): Answer<ReadonlyMap<string, Listed>> {
    // Fees and the balances of the stream are in a currency that only this tells; orders go without it where it fails.
    if (this.currency === null) await this.balance()
    return this.listed === null ? this.readSymbols() : ok(this.listed)
  }

  async readSymbols(): Answer<ReadonlyMap<string, Listed>> {
    const records = await this.main.request({ command: 'getAllSymbols', kind: 'read' }, z.array(symbolRecord))
    if (!records.ok) return records
    this.listed = listedOf(records.value)
    return ok(this.listed)
  }

  /** All symbols with the hours in which they are traded. */
  async instruments(): Answer<readonly VenueInstrument[]> {
    const symbols = await this.readSymbols()
    if (!symbols.ok) return symbols
    const listed = [...symbols.value.values()]
    const windows = new Map<string, TradingWindow[]>()
    for (const names of chunksOf(listed.map(({ name }) => name))) {
      const request = { command: 'getTradingHours', arguments: { symbols: names }, kind: 'read' } as const
      const hours = await this.main.request(request, z.array(tradingHours))
      if (!hours.ok) return hours
      for (const each of hours.value) {
        const found = tradingWindowsOf(each)
        if (found !== null) windows.set(each.symbol, found)
      }
    }
    return ok(
      listed.map(({ instrument, name }) => {
        const hours = windows.get(name)
        return hours === undefined ? instrument : { ...instrument, tradingHours: hours }
      }),
    )
  }

  /** The venue's name of our symbol. */
  async nameOf(symbol: string): Answer<string> {
    const symbols = await this.symbols()
    if (!symbols.ok) return symbols
    const name = symbols.value.get(symbol)?.name
    return name === undefined ? err(brokerError.rejected('UNKNOWN_SYMBOL', `${symbol} is not listed`)) : ok(name)
  }

  /** Our symbol of the venue's name; null for what is not listed. */
  symbolOf(name: string): string | null {
    for (const [symbol, each] of this.listed ?? []) if (each.name === name) return symbol
    return null
  }

  /** What somebody pays for them now. */
  async prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    const listed = await this.symbols()
    if (!listed.ok) return listed
    const names = symbols.flatMap((symbol) => listed.value.get(symbol)?.name ?? [])
    if (names.length === 0) return ok([])
    const question = {
      command: 'getTickPrices',
      arguments: { level: 0, symbols: names, timestamp: 0 },
      kind: 'read',
    } as const
    const ticks = await this.main.request(question, tickPrices)
    if (!ticks.ok) return ticks
    return ok(
      ticks.value.quotations.flatMap(({ symbol: name, bid }) => {
        const symbol = this.symbolOf(name)
        return symbol === null || !decimal(bid).gt('0') ? [] : [{ symbol, price: decimal(bid).toString() }]
      }),
    )
  }

  /** Everything that stands, and where asked what was closed since. */
  async readTrades(closedSince: Date | null): Answer<undefined> {
    const symbols = await this.symbols()
    if (!symbols.ok) return symbols
    const open = await this.read('getTrades', { openedOnly: true })
    if (!open.ok) return open
    if (closedSince === null) {
      this.trades.replace(open.value)
      return ok(undefined)
    }
    return this.readHistory(open.value, Math.max(1, closedSince.getTime() - historySlackMs))
  }

  /** What closes between two reads is in both or in neither: they are repeated until they fit together. */
  private async readHistory(first: readonly TradeRecord[], start: number): Answer<undefined> {
    let open = first
    for (let round = 0; round < roundsMax; round += 1) {
      const closed = await this.read('getTradesHistory', { start, end: 0 })
      if (!closed.ok) return closed
      const gone = new Set(closed.value.map(({ position }) => position))
      if (open.some(({ position }) => gone.has(position))) {
        const again = await this.read('getTrades', { openedOnly: true })
        if (!again.ok) return again
        const still = new Set(again.value.map(({ position }) => position))
        const lost = open.some(({ position }) => !still.has(position) && !gone.has(position))
        open = again.value
        if (lost) continue
      }
      this.trades.replace(open)
      for (const record of closed.value) this.trades.tellClosed(record)
      return ok(undefined)
    }
    return err(brokerError.connectivity('positions change faster than they can be read'))
  }

  async balance(): Answer<VenueBalance> {
    const money = await this.main.request({ command: 'getMarginLevel', kind: 'read' }, marginLevel)
    if (!money.ok) return money
    const { balance, equity, margin_free: free, currency } = money.value
    this.currency = currency
    return ok({ currency, ...amountsOf(balance, free, equity) })
  }

  /** A balance of the stream; null before the account's currency is known, and for what cannot be read. */
  balanceOf(data: unknown): VenueBalance | null {
    const parsed = streamBalance.safeParse(data)
    if (!parsed.success || this.currency === null) return null
    const { balance, marginFree, equity } = parsed.data
    return { currency: this.currency, ...amountsOf(balance, marginFree, equity) }
  }

  /** What the venue's id of an exit says, after a restart. */
  recall(reference: OrderReference): void {
    this.exits.recall(reference)
    this.closings.recall(reference)
  }

  /** An order of ours as it stands by what was read; null when nothing shows it. */
  orderOf(clientOrderId: string, symbol: string): VenueOrder | null {
    const level = this.exits.find(clientOrderId)
    const closing = this.closings.find(clientOrderId)
    const order =
      level !== undefined
        ? this.trades.protection(level)
        : closing !== undefined
          ? this.trades.close(closing)
          : this.trades.entry(clientOrderId, symbol)
    return order === null ? null : { ...order, feeCurrency: this.currency }
  }

  private read(command: string, given: object): Answer<readonly TradeRecord[]> {
    return this.main.request({ command, arguments: given, kind: 'read' }, z.array(tradeRecord))
  }

  now(): Date {
    return this.clock.now()
  }
}

function amountsOf(balance: string, free: string, equity: string): Omit<VenueBalance, 'currency'> {
  return {
    total: decimal(balance).toString(),
    free: maximum(decimal(free), ZERO).toString(),
    equity: decimal(equity).toString(),
  }
}

/** Names that fit into one command together. */
function chunksOf(names: readonly string[]): string[][] {
  const chunks: string[][] = []
  let characters = chunkCharactersMax
  for (const name of names) {
    characters += JSON.stringify(name).length + 1
    if (characters > chunkCharactersMax) {
      chunks.push([])
      characters = JSON.stringify(name).length + 1
    }
    chunks.at(-1)?.push(name)
  }
  return chunks
}
