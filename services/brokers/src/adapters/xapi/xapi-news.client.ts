/**
 * What the stream of an account tells: verdicts on transactions, trades, money, each to who waits for it. Called by the
 * session's reads. Must never let news pass that cannot be read: everything is read again then.
 */
import type { SessionListener, VenueOrder } from '@tradewire/broker-kit/broker-session'
import type { Clock } from '@tradewire/kernel/clock'
import type { Randomness } from '@tradewire/kernel/randomness'
import { ownIdOf } from '#domain/positions/part-ids'
import type { XapiAccount } from './xapi-account.client.ts'
import type { XapiAddress } from './xapi-link.client.ts'
import { statusRecord, tradeRecord, type TradeRecord } from './xapi-records.wire.ts'
import { XapiStream } from './xapi-stream.client.ts'
import type { XapiTransactions } from './xapi-transactions.client.ts'

export interface StreamMeans {
  readonly address: XapiAddress
  readonly clock: Clock
  readonly randomness: Randomness
  readonly pacingMs: number
}

export class XapiNews {
  private stream: XapiStream | null = null

  constructor(
    private readonly account: XapiAccount,
    private readonly transactions: XapiTransactions,
    private readonly means: StreamMeans,
  ) {}

  listen(listener: SessionListener): XapiStream {
    this.stream = new XapiStream({
      ...this.means,
      token: () => this.account.main.streamToken(),
      onEvent: (command, data) => this.heard(command, data, listener),
      onUp: () => listener({ kind: 'stream-up' }),
      onDown: (message) => listener({ kind: 'stream-down', message }),
      onRefused: (message) => listener({ kind: 'auth-failed', message }),
    })
    return this.stream
  }

  /** The session that the stream belongs to is gone. */
  renew(message: string): void {
    this.stream?.renew(message)
  }

  private heard(command: string, data: unknown, listener: SessionListener): void {
    if (command === 'tradeStatus') {
      const status = statusRecord.safeParse(data)
      if (status.success) this.transactions.tell(status.data)
      return
    }
    if (command === 'balance') {
      const balance = this.account.balanceOf(data)
      if (balance !== null) listener({ kind: 'balance', balance })
      return
    }
    if (command !== 'trade') return
    const trade = tradeRecord.safeParse(data)
    // News that cannot be read may be news of ours: a new connection makes everything be read again.
    if (!trade.success) return this.renew('a trade of the stream cannot be read')
    this.account.trades.tell(trade.data)
    this.transactions.wake()
    for (const order of this.concerned(trade.data)) listener({ kind: 'order', order })
  }

  /** Our orders that a record tells something new of. */
  private concerned(record: TradeRecord): VenueOrder[] {
    const symbol = this.account.symbolOf(record.symbol ?? '')
    if (symbol === null) return []
    const { closed, customComment } = record
    const id = closed ? this.account.trades.ownerOf(record) : ownIdOf(customComment)?.clientOrderId
    const order = id === null || id === undefined ? null : this.account.orderOf(id, symbol)
    return order === null ? [] : [order]
  }
}
