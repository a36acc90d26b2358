/**
 * Which orders something may have happened to: positions and pending orders against what they were. Called by the poll.
 * Must never lose a change because what it meant could not be read.
 */
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { ok } from '@tradewire/kernel/result'
import type { MetaapiAccount } from './metaapi-account.client.ts'
import type { Answer } from './metaapi-api.client.ts'
import type { Changes } from './metaapi-book.map.ts'

/** History is read from a little before the last look: clocks differ, and deals may be shown late. */
const slackMs = 60_000

export class MetaapiNews {
  /** Positions and pending orders as last seen, as text that changes with them. */
  private before: ReadonlyMap<string, string> | null = null

  constructor(private readonly account: MetaapiAccount) {}

  async read(): Answer<readonly VenueOrder[]> {
    const { account } = this
    const read = await account.readOpen()
    if (!read.ok) return read
    const now = account.book.standing()
    const changes = account.book.changesSince(this.before ?? now)
    if (changes.records.length === 0) {
      this.before = now
      return ok([])
    }
    const history = await account.readHistory(new Date(account.now().getTime() - slackMs), 'all')
    const money = history.ok ? await account.feeCurrency() : history
    if (!money.ok) {
      account.book.putBack(changes)
      return money
    }
    this.before = now
    return ok(this.touchedBy(changes))
  }

  private touchedBy({ records, orders }: Changes): VenueOrder[] {
    const { account } = this
    const exits = account.exits.all().filter(({ positions }) => positions.some((id) => records.includes(id)))
    const levels = exits.flatMap(({ clientOrderId, symbol }) => account.orderOf(clientOrderId, symbol) ?? [])
    const others = orders.flatMap((id) => {
      const name = account.book.symbolOfOrder(id)
      return name === null ? [] : (account.orderOf(id, account.symbolOf(name)) ?? [])
    })
    return [...levels, ...others]
  }
}
