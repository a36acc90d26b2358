/**
 * Which orders something may have happened to: trades against what they were. Called by the poll.
 * Must never lose a change because what it meant could not be read.
 */
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { ok } from '@tradewire/kernel/result'
import type { MtManagerAccount } from './mt-manager-account.client.ts'
import type { Answer } from './mt-manager-api.client.ts'

export class MtManagerNews {
  /** What stood at the last look, and what was told to have ended by then. */
  private before: ReadonlyMap<string, string> | null = null

  constructor(private readonly account: MtManagerAccount) {}

  async read(): Answer<readonly VenueOrder[]> {
    const { account } = this
    const read = await account.readOpen()
    if (!read.ok) return read
    const now = standing(account)
    const { before } = this
    this.before = now
    if (before === null) return ok([])
    const keys = new Set([...before.keys(), ...now.keys()])
    const changed = [...keys].filter((key) => before.get(key) !== now.get(key))
    return ok(this.touchedBy(new Set(changed.map((key) => key.slice(key.indexOf(' ') + 1)))))
  }

  private touchedBy(tickets: ReadonlySet<string>): VenueOrder[] {
    const { account } = this
    const { book, exits } = account
    const firsts = new Set([...tickets].map((ticket) => book.firstOf(ticket)))
    const about = (ticket: string) => tickets.has(ticket) || firsts.has(book.firstOf(ticket))
    const ours = [
      ...exits.all().filter(({ positions }) => positions.some(about)),
      ...book.allClosings().filter((closing) => [...closing.tickets].some(about)),
      ...[...tickets].flatMap((ticket) => {
        const own = book.ownIdOf(ticket)
        const record = book.open.get(ticket) ?? book.ended.get(ticket)
        if (own === null || record === undefined) return []
        return [{ clientOrderId: own.clientOrderId, symbol: account.symbolOf(record.symbol) }]
      }),
    ]
    return ours.flatMap(({ clientOrderId, symbol }) => account.orderOf(clientOrderId, symbol) ?? [])
  }
}

/** As text that changes with it. */
function standing({ book }: MtManagerAccount): Map<string, string> {
  const open = [...book.open.values()].map(({ order, tradeCommand, volume }): [string, string] => [
    `open ${order}`,
    `${tradeCommand} ${volume}`,
  ])
  return new Map([...open, ...[...book.ended.keys()].map((order): [string, string] => [`ended ${order}`, ''])])
}
