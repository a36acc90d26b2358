/**
 * What one account's session knows and reads: its group, symbols, trades, exits, money. Called by the session's parts.
 * Must never answer from memory where the venue was to be asked, nor take another login's trade for ours.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { VenueBalance, VenueOrder, VenueRate } from '@tradewire/broker-kit/broker-session'
import type { Clock } from '@tradewire/kernel/clock'
import { decimal, maximum, ZERO } from '@tradewire/kernel/decimal'
import { err, ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import { LevelExits } from '#domain/level-exits'
import type { Answer, MtManagerApi } from './mt-manager-api.client.ts'
import { MtManagerBook } from './mt-manager-book.map.ts'
import {
  groupRecord,
  groupSecurity,
  marginLevel,
  platforms,
  symbolConfig,
  tickInfo,
  tradeRecord,
  type TradeRecord,
  userRecord,
} from './mt-manager-records.wire.ts'
import { type Listed, listedSymbols } from './mt-manager-symbols.map.ts'

export interface AccountParts {
  readonly api: MtManagerApi
  readonly clock: Clock
  readonly platform: string
  readonly login: string
}

/** What is known once the account was found. */
interface Found {
  readonly currency: string
  readonly symbols: ReadonlyMap<string, Listed>
}

const ticketsAtOnceMax = 100

export class MtManagerAccount {
  readonly exits = new LevelExits()
  readonly book = new MtManagerBook(this.exits)
  readonly base: string
  private group: string | null = null
  private found: Found | null = null
  private finding: Answer<Found> | null = null

  constructor(private readonly parts: AccountParts) {
    this.base = `/api/v2/MT4/${encodeURIComponent(parts.platform)}`
  }

  get login(): string {
    return this.parts.login
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

  private async find(): Answer<Found> {
    const { api, platform, login } = this.parts
    const all = await api.readBare('/api/TradePlatforms', platforms)
    if (!all.ok) return all
    const mine = all.value.find(({ id }) => id.toLowerCase() === platform.toLowerCase())
    if (mine === undefined) return err(brokerError.authFailed('the client has no such trade platform'))
    if (mine.type.toUpperCase() !== 'MT4') return err(brokerError.authFailed('the trade platform is not MT4'))
    const user = await api.read(`${this.base}/UserRecordRequest/${login}`, userRecord)
    if (!user.ok)
      return err(isMissing(user.error) ? brokerError.authFailed('the platform has no such login') : user.error)
    this.group = user.value.group
    const group = encodeURIComponent(user.value.group)
    const [terms, securities, configs] = await Promise.all([
      api.read(`${this.base}/GroupRecordGet/${group}`, groupRecord),
      api.read(`${this.base}/GroupSecGroupsGet/${group}`, z.array(groupSecurity)),
      api.read(`${this.base}/CfgRequestSymbol`, z.array(symbolConfig)),
    ])
    if (!terms.ok) return terms
    if (!securities.ok) return securities
    if (!configs.ok) return configs
    this.found = { currency: terms.value.currency, symbols: listedSymbols(configs.value, securities.value) }
    return ok(this.found)
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
    const plain = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
    return `${plain.slice(0, 20) || 'X'}/X`
  }

  /** The broker's name of what a ticket trades. */
  async listedNamed(name: string): Answer<Listed> {
    return this.listed(this.symbolOf(name))
  }

  /** What the platform would pay and ask now. */
  async quote(name: string): Answer<{ readonly bid: string; readonly ask: string }> {
    return this.parts.api.read(`${this.base}/TickInfoLast/${encodeURIComponent(name)}`, tickInfo)
  }

  async prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    const found = await this.open()
    if (!found.ok) return found
    const ticks = await this.parts.api.read(`${this.base}/TickInfoLast`, z.array(tickInfo))
    if (!ticks.ok) return ticks
    const bids = new Map(ticks.value.map(({ symbol, bid }) => [symbol, bid]))
    return ok(
      symbols.flatMap((symbol) => {
        const bid = bids.get(found.value.symbols.get(symbol)?.name ?? '')
        return bid === undefined || decimal(bid).lte(ZERO) ? [] : [{ symbol, price: decimal(bid).toString() }]
      }),
    )
  }

  async trade(body: object, key: string): Answer<string> {
    const transaction = { orderBy: Number(this.login), ...body }
    return this.parts.api.trade(`${this.base}/TradeTransaction`, transaction, key)
  }

  /** What stands, from the gateway's memory; what it does not show any more, or not yet, is asked of the trade server. */
  async readOpen(): Answer<undefined> {
    const found = await this.open()
    if (!found.ok) return found
    const path = `${this.base}/TradesGetByLogin/${this.login}/${encodeURIComponent(this.group ?? '')}`
    const records = await this.parts.api.read(path, z.array(tradeRecord))
    if (!records.ok) return records
    const missing = this.book.replace(this.mine(records.value))
    return this.readTickets(missing)
  }

  /** Live. A ticket that the trade server does not know is no more. */
  async readTickets(tickets: readonly string[]): Answer<undefined> {
    for (let from = 0; from < tickets.length; from += ticketsAtOnceMax) {
      const asked = tickets.slice(from, from + ticketsAtOnceMax)
      const query = asked.map((ticket) => `orders=${ticket}`).join('&')
      const records = await this.parts.api.read(`${this.base}/TradeRecordsRequest?${query}`, z.array(tradeRecord))
      if (!records.ok) return records
      const mine = this.mine(records.value)
      const told = new Set(mine.map(({ order }) => order))
      for (const record of mine) this.book.add(record)
      for (const ticket of asked) if (!told.has(ticket)) this.book.forget(ticket)
    }
    return ok(undefined)
  }

  /** Live: all that is open in the account's group. Only where an answer hangs on it: groups are large. */
  async readGroup(): Answer<undefined> {
    const found = await this.open()
    if (!found.ok) return found
    const path = `${this.base}/AdmTradesRequest/${encodeURIComponent(this.group ?? '')}?openOnly=true`
    const records = await this.parts.api.read(path, z.array(tradeRecord))
    if (!records.ok) return records
    for (const record of this.mine(records.value)) this.book.add(record)
    return ok(undefined)
  }

  /** Live: what was closed since a moment. */
  async readHistory(since: Date): Answer<undefined> {
    const path = `${this.base}/TradesUserHistory/${this.login}?fromTime=${since.toISOString()}`
    const records = await this.parts.api.read(path, z.array(tradeRecord))
    if (!records.ok) return records
    for (const record of this.mine(records.value)) this.book.add(record)
    return ok(undefined)
  }

  async balance(): Answer<VenueBalance> {
    const found = await this.open()
    if (!found.ok) return found
    const money = await this.parts.api.read(`${this.base}/MarginLevelRequest/${this.login}`, marginLevel)
    if (!money.ok) return money
    const { group, balance, equity, free, margin, level } = money.value
    this.group = group
    const used = decimal(margin).toString()
    return ok({
      currency: found.value.currency,
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

  private mine(records: readonly TradeRecord[]): readonly TradeRecord[] {
    return records.filter(({ login }) => login === this.login)
  }
}

function isMissing(error: brokerError.BrokerError): boolean {
  return error.kind === 'rejected' && error.code === 'ORDER_NOT_FOUND'
}
