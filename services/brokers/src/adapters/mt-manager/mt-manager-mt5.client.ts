/**
 * An MT5 platform as the protocol reads it; it has no transactions there. Called by the account.
 * Must never change anything.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import { decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { err, ok } from '@tradewire/kernel/result'
import type { Answer, MtManagerApi } from './mt-manager-api.client.ts'
import {
  closedTrades,
  deal5,
  listedSymbol,
  marginOf,
  openTrade,
  order5,
  pendingTrade,
  position5,
  type Position5,
  symbol5,
  user5,
} from './mt-manager-mt5.map.ts'
import type { Found, Money, Platform, Quote, Who } from './mt-manager-platform.wire.ts'
import { groupRecord, time, type TradeRecord } from './mt-manager-records.wire.ts'
import type { Listed } from './mt-manager-symbols.map.ts'

const hundred = '100'
const readOnly = brokerError.unsupported('trading:MT5', 'the manager WebAPI reads MT5 accounts and does not trade them')

export class Mt5Platform implements Platform {
  readonly refusal = readOnly
  private readonly base: string
  /** There is no list of symbols: each is read when it is first met. */
  private readonly symbols = new Map<string, Listed>()
  private readonly met = new Set<string>()

  constructor(
    private readonly api: MtManagerApi,
    id: string,
  ) {
    this.base = `/api/v2/MT5/${encodeURIComponent(id)}`
  }

  async find(login: string): Answer<Found> {
    const user = await this.api.read(`${this.base}/UserGet/${login}`, user5)
    if (!user.ok) return user
    const { group } = user.value
    const terms = await this.api.read(`${this.base}/GroupGet/${encodeURIComponent(group)}`, groupRecord)
    return terms.ok ? ok({ group, currency: terms.value.currency, symbols: this.symbols }) : terms
  }

  serverTime(): Answer<Date> {
    return this.api.read(`${this.base}/ServerTime`, time)
  }

  async openTrades(who: Who): Answer<readonly TradeRecord[]> {
    const positions = await this.positionsOf(who)
    if (!positions.ok) return positions
    const orders = await this.api.readAll(`${this.base}/OrderByGroup/${encodeURIComponent(who.group)}`, order5)
    if (!orders.ok) return orders
    const mine = orders.value.filter(({ login }) => login === who.login)
    const named = await this.meet([...positions.value, ...mine].map(({ symbol }) => symbol))
    return named.ok ? ok([...positions.value.map(openTrade), ...mine.map(pendingTrade)]) : named
  }

  async tickets(who: Who, tickets: readonly string[]): Answer<readonly TradeRecord[]> {
    const open = await this.openTrades(who)
    if (!open.ok) return open
    const past = await this.history(who, new Date(0))
    if (!past.ok) return past
    const wanted = new Set([...tickets, ...tickets.map((ticket) => `from #${ticket}`)])
    return ok([...open.value, ...past.value].filter(({ order, comment }) => wanted.has(order) || wanted.has(comment)))
  }

  groupTrades(who: Who): Answer<readonly TradeRecord[]> {
    return this.openTrades(who)
  }

  /** The protocol has no deals by time: all of the group are read. */
  async history(who: Who, since: Date): Answer<readonly TradeRecord[]> {
    const deals = await this.api.readAll(`${this.base}/DealByGroup/${encodeURIComponent(who.group)}`, deal5)
    if (!deals.ok) return deals
    const mine = closedTrades(deals.value.filter(({ login }) => login === who.login))
    const named = await this.meet(mine.map(({ symbol }) => symbol))
    return named.ok ? ok(mine.filter(({ closeTime }) => closeTime >= since)) : named
  }

  /** The protocol tells no margin of MT5 accounts: it is worked out from what its positions say. */
  async money(who: Who): Answer<Money> {
    const user = await this.api.read(`${this.base}/UserGet/${who.login}`, user5)
    if (!user.ok) return user
    const positions = await this.positionsOf(who)
    if (!positions.ok) return positions
    const { group, balance, credit, leverage } = user.value
    const open = sum(positions.value.flatMap(({ profit, storage }) => [decimal(profit), decimal(storage)]))
    const equity = decimal(balance).plus(decimal(credit)).plus(open)
    const margin = sum(positions.value.map((position) => marginOf(position, leverage)))
    const level = margin.gt(ZERO) ? equity.times(hundred).div(margin) : ZERO
    return ok({
      group,
      balance,
      equity: equity.toString(),
      margin: margin.toString(),
      free: equity.minus(margin).toString(),
      level: level.toString(),
    })
  }

  async quote(): Answer<Quote> {
    await Promise.resolve()
    return err(readOnly)
  }

  async quotes(): Answer<readonly Quote[]> {
    await Promise.resolve()
    return ok([])
  }

  async trade(): Answer<string> {
    await Promise.resolve()
    return err(readOnly)
  }

  private async positionsOf({ login, group }: Who): Answer<readonly Position5[]> {
    const all = await this.api.readAll(`${this.base}/PositionByGroup/${encodeURIComponent(group)}`, position5)
    return all.ok ? ok(all.value.filter((position) => position.login === login)) : all
  }

  private async meet(names: readonly string[]): Answer<undefined> {
    for (const name of new Set(names)) {
      if (this.met.has(name)) continue
      const symbol = await this.api.read(`${this.base}/SymbolGet/${encodeURIComponent(name)}`, symbol5)
      if (!symbol.ok && symbol.error.kind !== 'rejected') return symbol
      this.met.add(name)
      const listed = symbol.ok ? listedSymbol(symbol.value) : null
      if (listed !== null && !this.symbols.has(listed.instrument.symbol)) {
        this.symbols.set(listed.instrument.symbol, listed)
      }
    }
    return ok(undefined)
  }
}
