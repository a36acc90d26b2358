/**
 * What one account's session knows and reads: its terminal, symbols, book, exits, money. Called by the session's parts.
 * Must never answer from memory where the venue was to be asked.
 */
import type { VenueBalance, VenueInstrument, VenueOrder } from '@tradewire/broker-kit/broker-session'
import type { Clock } from '@tradewire/kernel/clock'
import { decimal, maximum, ZERO } from '@tradewire/kernel/decimal'
import { err, ok } from '@tradewire/kernel/result'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import { z } from 'zod'
import { proven } from '#clients/level-desk.client'
import { LevelExits } from '#domain/positions/level-exits'
import { unlistedSymbol } from '#domain/instruments/symbol-text'
import type { Door } from '#clients/venue-doors.client'
import type { Answer, MetaapiApi } from './metaapi-api.client.ts'
import { MetaapiBook } from './metaapi-book.map.ts'
import type { MetaapiDoors } from './metaapi-doors.client.ts'
import type { MetaapiProvisioning } from './metaapi-provisioning.client.ts'
import { accountInformation, dealRecord, orderRecord, positionRecord, type TradeReply } from './metaapi-records.wire.ts'
import { MetaapiSymbols } from './metaapi-symbols.client.ts'

export interface Terminal {
  readonly door: Door
  /** Where everything of the account stands. */
  readonly base: string
  readonly server: string
  readonly symbols: MetaapiSymbols
}

const pageItems = 1_000
const pagesMax = 50
const dayMs = 86_400_000
const hedgingMode = 'ACCOUNT_MARGIN_MODE_RETAIL_HEDGING'

/** One book of symbols for all accounts of a broker server. */
export class SymbolBooks {
  private readonly byServer = new Map<string, MetaapiSymbols>()

  constructor(private readonly clock: Clock) {}

  of(server: string): MetaapiSymbols {
    const known = this.byServer.get(server) ?? new MetaapiSymbols(this.clock)
    this.byServer.set(server, known)
    return known
  }
}

export interface AccountParts {
  readonly api: MetaapiApi
  readonly doors: MetaapiDoors
  readonly provisioning: MetaapiProvisioning
  readonly books: SymbolBooks
  readonly clock: Clock
}

export class MetaapiAccount {
  readonly exits = new LevelExits()
  readonly book = new MetaapiBook(this.exits)
  private opened: Terminal | null = null
  private opening: Answer<Terminal> | null = null
  private currency: string | null = null

  constructor(private readonly parts: AccountParts) {}

  now(): Date {
    return this.parts.clock.now()
  }

  /** Found and started at the first call. */
  terminal(): Answer<Terminal> {
    if (this.opened !== null) return Promise.resolve(ok(this.opened))
    this.opening ??= this.open().finally(() => (this.opening = null))
    return this.opening
  }

  private async open(): Answer<Terminal> {
    const { api, doors, provisioning, books } = this.parts
    const found = await provisioning.terminal()
    if (!found.ok) return found
    const { _id, region, server } = found.value
    const door = doors.terminals(region)
    const base = `/users/current/accounts/${encodeURIComponent(_id)}`
    const symbols = books.of(server)
    const loaded = await symbols.load(api, door, `${base}/symbols`)
    if (!loaded.ok) return loaded
    this.opened = { door, base, server, symbols }
    return ok(this.opened)
  }

  /** As the server lists them now. */
  async instruments(): Answer<readonly VenueInstrument[]> {
    const terminal = await this.terminal()
    if (!terminal.ok) return terminal
    const { door, base, symbols } = terminal.value
    const read = await symbols.reread(this.parts.api, door, `${base}/symbols`)
    return read.ok ? ok(symbols.instruments()) : read
  }

  async trade(body: object): Answer<TradeReply> {
    const terminal = await this.terminal()
    if (!terminal.ok) return err(proven(terminal.error))
    return this.parts.api.trade(terminal.value.door, `${terminal.value.base}/trade`, body)
  }

  /** Positions and pending orders as they stand. */
  async readOpen(): Answer<undefined> {
    const [positions, pending] = await Promise.all([
      this.read('/positions', z.array(positionRecord)),
      this.read('/orders', z.array(orderRecord)),
    ])
    if (!positions.ok) return positions
    if (!pending.ok) return pending
    this.book.replace(positions.value, pending.value)
    return ok(undefined)
  }

  /** Deals since a moment, however many; and orders that have ended, where they are asked for. */
  async readHistory(since: Date, what: 'deals' | 'all'): Answer<undefined> {
    // Orders first: the deals of what they show as filled are then there, too.
    if (what === 'all') {
      const orders = await this.pages('history-orders', since, orderRecord)
      if (!orders.ok) return orders
      this.book.addEnded(orders.value)
    }
    const deals = await this.pages('history-deals', since, dealRecord)
    if (deals.ok) this.book.addDeals(deals.value)
    return deals.ok ? ok(undefined) : deals
  }

  async readDealsOf(positionId: string): Answer<undefined> {
    const deals = await this.read(`/history-deals/position/${encodeURIComponent(positionId)}`, z.array(dealRecord))
    if (deals.ok) this.book.addDeals(deals.value)
    return deals.ok ? ok(undefined) : deals
  }

  /** Stops and targets are levels on a position, so that two orders must not become one. */
  async settingsProblem(): Answer<string | null> {
    const account = await this.read('/account-information', accountInformation)
    if (!account.ok) return account
    const mode = account.value.marginMode ?? hedgingMode
    return ok(mode === hedgingMode ? null : `margin mode: ${mode} nets positions; an account with hedging is needed`)
  }

  async balance(): Answer<VenueBalance> {
    const money = await this.read('/account-information', accountInformation)
    if (!money.ok) return money
    const { currency, balance, equity, freeMargin, margin, marginLevel } = money.value
    this.currency = currency
    return ok({
      currency,
      total: decimal(balance).toString(),
      free: maximum(decimal(freeMargin), ZERO).toString(),
      equity: decimal(equity).toString(),
      margin: { used: decimal(margin).toString(), levelPercent: marginLevel },
    })
  }

  /** Fees are in the account's currency, which is read once. */
  async feeCurrency(): Answer<string> {
    if (this.currency !== null) return ok(this.currency)
    const balance = await this.balance()
    return balance.ok ? ok(balance.value.currency) : balance
  }

  /** An order of ours as it stands by what was read; null when nothing shows it. */
  orderOf(clientOrderId: string, symbol: string): VenueOrder | null {
    const exit = this.exits.find(clientOrderId)
    const order = exit === undefined ? this.book.order(clientOrderId, symbol) : this.book.protection(exit)
    return order === null ? null : { ...order, feeCurrency: this.currency }
  }

  /** Our symbol of the venue's name; one that we do not list keeps its name, over nothing we trade. */
  symbolOf(name: string): string {
    return this.opened?.symbols.symbolOf(name) ?? unlistedSymbol(name)
  }

  private async pages<Schema extends z.ZodType>(
    what: 'history-deals' | 'history-orders',
    since: Date,
    schema: Schema,
  ): Answer<z.output<Schema>[]> {
    const until = new Date(this.now().getTime() + dayMs).toISOString()
    const path = `/${what}/time/${since.toISOString()}/${until}`
    const all: z.output<Schema>[] = []
    for (let page = 0; page < pagesMax; page += 1) {
      const items = await this.read(`${path}?offset=${page * pageItems}&limit=${pageItems}`, z.array(schema))
      if (!items.ok) return items
      all.push(...items.value)
      if (items.value.length < pageItems) return ok(all)
    }
    return err(brokerError.connectivity('there is more history than can be read'))
  }

  private async read<Schema extends z.ZodType>(path: string, schema: Schema): Answer<z.output<Schema>> {
    const terminal = await this.terminal()
    if (!terminal.ok) return terminal
    const { door, base } = terminal.value
    return this.parts.api.read(door, { method: 'GET', path: `${base}${path}` }, schema)
  }
}
