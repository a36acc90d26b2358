/**
 * What one account's session knows and reads: its group, symbols, trades, exits, money. Called by the session's parts.
 * Must never answer from memory where the venue was to be asked, nor take another login's trade for ours.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { VenueBalance, VenueInstrument, VenueOrder, VenueRate } from '@tradewire/broker-kit/broker-session'
import type { Clock } from '@tradewire/kernel/clock'
import { decimal, maximum, ZERO } from '@tradewire/kernel/decimal'
import { err, ok } from '@tradewire/kernel/result'
import { proven } from '#clients/level-desk.client'
import { LevelExits } from '#domain/positions/level-exits'
import { unlistedSymbol } from '#domain/instruments/symbol-text'
import type { Answer, MtManagerApi } from './mt-manager-api.client.ts'
import { MtManagerBook } from './mt-manager-book.map.ts'
import { Mt4Platform } from './mt-manager-mt4.client.ts'
import { Mt5Platform } from './mt-manager-mt5.client.ts'
import type { Found, Platform, Quote, Who } from './mt-manager-platform.wire.ts'
import { platforms, type TradeRecord } from './mt-manager-records.wire.ts'
import type { Listed } from './mt-manager-symbols.map.ts'
import { MtManagerZone } from './mt-manager-zone.client.ts'

export interface AccountParts {
  readonly api: MtManagerApi
  readonly clock: Clock
  readonly platform: string
  readonly login: string
}

const symbolsFreshMs = 600_000
const ticketsAtOnceMax = 100
type PlatformKind = new (api: MtManagerApi, id: string) => Platform
const kinds: ReadonlyMap<string, PlatformKind> = new Map<string, PlatformKind>([
  ['MT4', Mt4Platform],
  ['MT5', Mt5Platform],
])

export class MtManagerAccount {
  readonly exits = new LevelExits()
  readonly book = new MtManagerBook(this.exits)
  private readonly zone: MtManagerZone
  private platform: Platform | null = null
  private group: string | null = null
  private found: Found | null = null
  private foundAtMs = 0
  private finding: Answer<Found> | null = null

  constructor(private readonly parts: AccountParts) {
    this.zone = new MtManagerZone(parts.clock)
  }

  get login(): string {
    return this.parts.login
  }

  /** A group has minima and steps of its own. */
  async server(): Answer<string> {
    const found = await this.open()
    return found.ok ? ok(`${this.parts.platform.toLowerCase()} ${this.group ?? found.value.group}`) : found
  }

  now(): Date {
    return this.parts.clock.now()
  }

  /** Found at the first call. */
  open(): Answer<Found> {
    if (this.found !== null) return Promise.resolve(ok(this.found))
    this.finding ??= this.find().finally(() => (this.finding = null))
    return this.finding
  }

  /** As the platform lists them now, unless that was read a moment ago; what is known stays where that fails. */
  async instruments(): Answer<readonly VenueInstrument[]> {
    const known = this.found
    const at = await this.at()
    if (!at.ok) return at
    const fresh = known === null || this.parts.clock.monotonicMs() - this.foundAtMs < symbolsFreshMs
    const found = fresh ? ok(at.value.found) : await at.value.platform.find(this.login)
    if (!found.ok) return found
    if (!fresh) this.keep(found.value)
    return ok([...found.value.symbols.values()].map(({ instrument }) => instrument))
  }

  private keep(found: Found): void {
    this.group = found.group
    this.found = found
    this.foundAtMs = this.parts.clock.monotonicMs()
  }

  private async find(): Answer<Found> {
    const { api, platform: id, login } = this.parts
    const all = await api.readBare('/api/TradePlatforms', platforms)
    if (!all.ok) return all
    const mine = all.value.find((platform) => platform.id.toLowerCase() === id.toLowerCase())
    if (mine === undefined) return err(brokerError.authFailed('the client has no such trade platform'))
    const kind = kinds.get(mine.type.toUpperCase())
    if (kind === undefined) return err(brokerError.authFailed('the trade platform is neither MT4 nor MT5'))
    this.platform = new kind(api, id)
    const found = await this.platform.find(login)
    if (!found.ok) {
      return err(isMissing(found.error) ? brokerError.authFailed('the platform has no such login') : found.error)
    }
    this.keep(found.value)
    return found
  }

  /** The platform with the account on it. */
  private async at(): Answer<{ readonly platform: Platform; readonly who: Who; readonly found: Found }> {
    const found = await this.open()
    if (!found.ok) return found
    if (this.platform === null) return err(brokerError.connectivity('the platform is not known'))
    const who = { login: this.login, group: this.group ?? found.value.group }
    return ok({ platform: this.platform, who, found: found.value })
  }

  async listed(symbol: string): Answer<Listed> {
    const found = await this.open()
    if (!found.ok) return found
    const listed = found.value.symbols.get(symbol)
    return listed === undefined ? err(brokerError.rejected('UNKNOWN_SYMBOL', `${symbol} is not listed`)) : ok(listed)
  }

  /** Our symbol of the broker's name; one that we do not list keeps its name, over nothing we trade. */
  symbolOf(name: string): string {
    for (const [symbol, listed] of this.found?.symbols ?? []) if (listed.name === name) return symbol
    return unlistedSymbol(name)
  }

  /** Of a platform that may be traded. */
  async tradable(symbol: string): Answer<Listed> {
    const at = await this.at()
    if (!at.ok) return at
    const { refusal } = at.value.platform
    return refusal === null ? this.listed(symbol) : err(refusal)
  }

  /** The broker's name of what a ticket trades. */
  async listedNamed(name: string): Answer<Listed> {
    return this.listed(this.symbolOf(name))
  }

  /** What the platform would pay and ask now. */
  async quote(name: string): Answer<Quote> {
    const at = await this.at()
    return at.ok ? at.value.platform.quote(name) : at
  }

  async prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    const at = await this.at()
    if (!at.ok) return at
    const quotes = await at.value.platform.quotes()
    if (!quotes.ok) return quotes
    const bids = new Map(quotes.value.map(({ symbol, bid }) => [symbol, bid]))
    return ok(
      symbols.flatMap((symbol) => {
        const bid = bids.get(at.value.found.symbols.get(symbol)?.name ?? '')
        return bid === undefined || decimal(bid).lte(ZERO) ? [] : [{ symbol, price: decimal(bid).toString() }]
      }),
    )
  }

  async trade(body: object, key: string): Answer<string> {
    const at = await this.at()
    if (!at.ok) return err(proven(at.error))
    return at.value.platform.trade({ orderBy: Number(this.login), ...body }, key)
  }

  /** What stands, from the gateway's memory; what it does not show any more, or not yet, is asked of the trade server. */
  async readOpen(): Answer<undefined> {
    const records = await this.ask((platform, who) => platform.openTrades(who))
    return records.ok ? this.readTickets(this.book.replace(records.value)) : records
  }

  /** Live. A ticket that the trade server does not know is no more. */
  async readTickets(tickets: readonly string[]): Answer<undefined> {
    for (let from = 0; from < tickets.length; from += ticketsAtOnceMax) {
      const asked = tickets.slice(from, from + ticketsAtOnceMax)
      const records = await this.ask((platform, who) => platform.tickets(who, asked))
      if (!records.ok) return records
      const told = new Set(records.value.map(({ order }) => order))
      for (const record of records.value) this.book.add(record)
      for (const ticket of asked) if (!told.has(ticket)) this.book.forget(ticket)
    }
    return ok(undefined)
  }

  /** Live: all that is open in the account's group. Only where an answer hangs on it: groups are large. */
  async readGroup(): Answer<undefined> {
    return this.learn(await this.ask((platform, who) => platform.groupTrades(who)))
  }

  /** Live: what was closed since a moment. */
  async readHistory(since: Date): Answer<undefined> {
    return this.learn(await this.ask((platform, who) => platform.history(who, this.zone.from(since))))
  }

  private learn(records: Awaited<Answer<readonly TradeRecord[]>>): Awaited<Answer<undefined>> {
    if (!records.ok) return records
    for (const record of records.value) this.book.add(record)
    return ok(undefined)
  }

  async balance(): Answer<VenueBalance> {
    const at = await this.at()
    if (!at.ok) return at
    const money = await at.value.platform.money(at.value.who)
    if (!money.ok) return money
    const { group, balance, equity, free, margin, level } = money.value
    this.group = group
    const used = decimal(margin).toString()
    return ok({
      currency: at.value.found.currency,
      total: decimal(balance).toString(),
      free: maximum(decimal(free), ZERO).toString(),
      equity: decimal(equity).toString(),
      margin: { used, levelPercent: used === '0' ? null : level },
    })
  }

  /** An order of ours as it stands by what was read; null when nothing shows it. */
  orderOf(clientOrderId: string, symbol: string): VenueOrder | null {
    const exit = this.exits.find(clientOrderId)
    const closing = this.book.closing(clientOrderId)
    const order =
      exit !== undefined
        ? this.book.protection(exit)
        : closing !== undefined
          ? this.book.close(closing)
          : this.book.entry(clientOrderId, symbol)
    return order === null ? null : { ...order, feeCurrency: this.found?.currency ?? null }
  }

  /** Never another login's trades; their times are by UTC. */
  private async ask(
    question: (platform: Platform, who: Who) => Answer<readonly TradeRecord[]>,
  ): Answer<readonly TradeRecord[]> {
    const at = await this.at()
    if (!at.ok) return at
    const { platform, who } = at.value
    const zone = await this.zone.find(() => platform.serverTime())
    if (!zone.ok) return zone
    const records = await question(platform, who)
    if (!records.ok) return records
    const mine = records.value.filter(({ login }) => login === this.login)
    return ok(mine.map((record) => this.zone.inUtc(record)))
  }
}

function isMissing(error: brokerError.BrokerError): boolean {
  return error.kind === 'rejected' && error.code === 'ORDER_NOT_FOUND'
}
