/**
 * What a session reads at MetaApi: one order wherever it may show, pending orders, fills, instruments. Called by the session.
 * Must never answer that an order is unknown before everything was read that could show it.
 */
import type {
  OrderReference,
  SessionListener,
  VenueBalance,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenuePosition,
} from '@tradewire/broker-kit/broker-session'
import { ok } from '@tradewire/kernel/result'
import { AccountPoll, type PollMeans } from '#clients/account-poll.client'
import type { LevelReads } from '#clients/level-session.client'
import { ownIdOf } from '#domain/positions/part-ids'
import { foreignOrder } from '#domain/positions/position-sums'
import type { MetaapiAccount } from './metaapi-account.client.ts'
import type { Answer } from './metaapi-api.client.ts'
import { MetaapiNews } from './metaapi-news.client.ts'

/** How far back an order is looked for. */
const historyMs = 259_200_000
/** Clocks differ. */
const slackMs = 60_000

export class MetaapiReads implements LevelReads {
  constructor(
    private readonly account: MetaapiAccount,
    private readonly means: PollMeans,
  ) {}

  async findOrder(reference: OrderReference): Answer<VenueOrder | null> {
    const { clientOrderId, symbol } = reference
    const read = await this.account.readOpen()
    if (!read.ok) return read
    const currency = await this.account.feeCurrency()
    if (!currency.ok) return currency
    this.account.exits.recall(reference)
    const history = await this.readHistoryOf(clientOrderId)
    return history.ok ? ok(this.account.orderOf(clientOrderId, symbol)) : history
  }

  /** Of positions that are known their own deals are enough; anything else is looked for in all of them. */
  private async readHistoryOf(clientOrderId: string): Answer<undefined> {
    const { exits, book } = this.account
    const opened = [...book.positions.values()].filter((one) => ownIdOf(one.clientId)?.clientOrderId === clientOrderId)
    const ids = exits.find(clientOrderId)?.positions ?? opened.map(({ id }) => id)
    if (ids.length === 0) return this.account.readHistory(new Date(this.account.now().getTime() - historyMs), 'all')
    for (const id of ids) {
      const deals = await this.account.readDealsOf(id)
      if (!deals.ok) return deals
    }
    return ok(undefined)
  }

  pendingOrders(): readonly VenueOrder[] {
    return [...this.account.book.pending.values()].map(({ id, clientId, symbol }) => {
      const name = this.account.symbolOf(symbol)
      const own = ownIdOf(clientId)
      const order = own === null ? null : this.account.orderOf(own.clientOrderId, name)
      return order ?? foreignOrder(clientId === '' ? `metaapi-${id}` : clientId, id, name)
    })
  }

  positions(): readonly VenuePosition[] {
    return this.account.book.netted((name) => this.account.symbolOf(name))
  }

  balance(): Answer<VenueBalance> {
    return this.account.balance()
  }

  async fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    const terminal = await this.account.terminal()
    if (!terminal.ok) return terminal
    const name = terminal.value.symbols.nameOf(symbol)
    if (!name.ok) return ok([])
    const currency = await this.account.feeCurrency()
    if (!currency.ok) return currency
    // Levels as they stand tell which of ours was reached.
    const read = await this.account.readHistory(new Date(Math.max(0, since.getTime() - slackMs)), 'deals')
    if (!read.ok) return read
    return ok(this.account.book.fills({ name: name.value, symbol, currency: currency.value, since }))
  }

  settingsProblem(): Answer<string | null> {
    return this.account.settingsProblem()
  }

  async server(): Answer<string> {
    const terminal = await this.account.terminal()
    return terminal.ok ? ok(terminal.value.server) : terminal
  }

  instruments(): Answer<readonly VenueInstrument[]> {
    return this.account.instruments()
  }

  listen(listener: SessionListener): AccountPoll {
    const changes = new MetaapiNews(this.account)
    return new AccountPoll({ ...this.means, listener, news: () => changes.read() })
  }
}
