/**
 * Closes of ours as the numbers of their transactions, and which exit of ours a closed record was. Called by the trades.
 * Must never take a close of somebody else for ours.
 */
import type { OrderReference } from '@tradewire/broker-kit/broker-session'
import type { Level, LevelExits } from '#domain/positions/level-exits'
import type { TradeRecord } from './xapi-records.wire.ts'

export interface Closing {
  readonly clientOrderId: string
  readonly symbol: string
  /** Zero when it is known from its venue id only. */
  readonly quantity: string
  readonly transactions: Set<number>
  /** Positions whose transaction was never answered, with what was closed of them before: the next close of one is ours. */
  readonly lost: Map<string, ReadonlySet<number>>
}

const closingsMax = 20_000
const closingId = /^close:(\d{1,18}(?:\+\d{1,18}){0,31})$/

/** What we keep as the venue's id of a close: enough to know it again after a restart. */
export function closingIdOf({ transactions }: Closing): string {
  return `close:${[...transactions].join('+')}`
}

export class XapiClosings {
  private readonly closings = new Map<string, Closing>()

  find(clientOrderId: string): Closing | undefined {
    return this.closings.get(clientOrderId)
  }

  /** The close of that id, which is kept from now on. */
  of(clientOrderId: string, symbol: string, quantity: string): Closing {
    const known = this.closings.get(clientOrderId)
    if (known !== undefined) return known
    const closing = { clientOrderId, symbol, quantity, transactions: new Set<number>(), lost: new Map() }
    this.closings.set(clientOrderId, closing)
    const [oldest] = this.closings.keys()
    if (this.closings.size > closingsMax && oldest !== undefined) this.closings.delete(oldest)
    return closing
  }

  /** Known again after a restart by the venue's id that we kept of it. */
  recall({ clientOrderId, venueOrderId, symbol }: OrderReference): void {
    const [, numbers] = closingId.exec(venueOrderId ?? '') ?? []
    if (numbers === undefined || this.closings.has(clientOrderId)) return
    const { transactions } = this.of(clientOrderId, symbol, '0')
    for (const number of numbers.split('+')) transactions.add(Number(number))
  }

  ownerOf({ order2, position }: TradeRecord): string | null {
    const all = [...this.closings.values()]
    const named = all.find(({ transactions }) => transactions.has(order2))
    const unanswered = all.find(({ lost }) => lost.get(position)?.has(order2) === false)
    return (named ?? unanswered)?.clientOrderId ?? null
  }
}

/** Which level of a position the venue closed it at; null for any other close. */
export function levelOfClose({ comment }: Pick<TradeRecord, 'comment'>): Level | null {
  if (comment.includes('[S/L')) return 'stop'
  return comment.includes('[T/P') ? 'target' : null
}

/** Which exit of ours made the venue close; null when none did. */
export function ownerOf(exits: LevelExits, closings: XapiClosings, record: TradeRecord): string | null {
  const level = levelOfClose(record)
  return level === null ? closings.ownerOf(record) : exits.ownerOf(level, record.position)
}
