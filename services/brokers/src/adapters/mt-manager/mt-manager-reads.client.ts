/**
 * What a session reads under a broker's manager: one order wherever it may show, pending orders, fills, instruments. Called
 * by the session. Must never answer that an order is unknown before everything was read that could show it.
 */
import type {
  OrderReference,
  SessionListener,
  VenueBalance,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenuePosition,
  VenueRate,
} from '@tradewire/broker-kit/broker-session'
import { ok } from '@tradewire/kernel/result'
import { AccountPoll, type PollMeans } from '#clients/account-poll.client'
import type { LevelReads } from '#clients/level-session.client'
import { foreignOrder } from '#domain/positions/position-sums'
import type { MtManagerAccount } from './mt-manager-account.client.ts'
import type { Answer } from './mt-manager-api.client.ts'
import { MtManagerNews } from './mt-manager-news.client.ts'

/** How far back an order is looked for. */
const historyMs = 259_200_000
/** Clocks differ. */
const slackMs = 60_000

export class MtManagerReads implements LevelReads {
  constructor(
    private readonly account: MtManagerAccount,
    private readonly means: PollMeans,
  ) {}

  /** Comments may have been replaced, and a restart forgets: the tickets in the venue's id say whose they are. */
  learn({ clientOrderId, venueOrderId, symbol }: OrderReference): void {
    if (venueOrderId !== null) this.account.book.learn(clientOrderId, venueOrderId, symbol)
  }

  async findOrder(reference: OrderReference): Answer<VenueOrder | null> {
    const { clientOrderId, symbol } = reference
    const found = await this.account.open()
    if (!found.ok) return found
    this.account.exits.recall(reference)
    this.learn(reference)
    const read = await this.readAbout(clientOrderId, symbol)
    return read.ok ? ok(this.account.orderOf(clientOrderId, symbol)) : read
  }

  /** Tickets that are known are enough; anything else is looked for in the whole group and in the past, live. */
  private async readAbout(clientOrderId: string, symbol: string): Answer<undefined> {
    const { account } = this
    const read = await account.readOpen()
    if (!read.ok) return read
    const { book, exits } = account
    const tickets = exits.find(clientOrderId)?.positions ?? [...(book.closing(clientOrderId)?.tickets ?? [])]
    const known = tickets.length > 0 ? tickets : book.ticketsOf(clientOrderId)
    if (known.length > 0) {
      const asked = await account.readTickets(known)
      if (!asked.ok || account.orderOf(clientOrderId, symbol) !== null) return asked
    }
    const group = await account.readGroup()
    return group.ok ? account.readHistory(new Date(account.now().getTime() - historyMs)) : group
  }

  pendingOrders(): readonly VenueOrder[] {
    const { book } = this.account
    return book.pending().map(({ order, symbol }) => {
      const name = this.account.symbolOf(symbol)
      const own = book.ownIdOf(order)
      const told = own === null ? null : this.account.orderOf(own.clientOrderId, name)
      return told ?? foreignOrder(`mt-manager-${order}`, order, name)
    })
  }

  positions(): readonly VenuePosition[] {
    return this.account.book.netted((name) => this.account.symbolOf(name))
  }

  balance(): Answer<VenueBalance> {
    return this.account.balance()
  }

  async fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    const found = await this.account.open()
    if (!found.ok) return found
    const listed = found.value.symbols.get(symbol)
    if (listed === undefined) return ok([])
    const open = await this.account.readOpen()
    if (!open.ok) return open
    const past = await this.account.readHistory(new Date(Math.max(0, since.getTime() - slackMs)))
    if (!past.ok) return past
    return ok(this.account.book.fills({ name: listed.name, symbol, currency: found.value.currency, since }))
  }

  server(): Answer<string> {
    return this.account.server()
  }

  instruments(): Answer<readonly VenueInstrument[]> {
    return this.account.instruments()
  }

  prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    return this.account.prices(symbols)
  }

  listen(listener: SessionListener): AccountPoll {
    const changes = new MtManagerNews(this.account)
    return new AccountPoll({ ...this.means, listener, news: () => changes.read() })
  }
}
