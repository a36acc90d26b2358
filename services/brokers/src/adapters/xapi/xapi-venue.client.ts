/**
 * What the desk of orders needs of xAPI: trades as transactions, and the records that show them. Called by the session.
 * Must never send a transaction twice.
 */
import { type ApprovedOrder, isExit } from '@tradewire/broker-kit/approved-order'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { Side } from '@tradewire/contracts/common'
import { err, ok } from '@tradewire/kernel/result'
import type { Closing, DeskPosition, LevelVenue, Opening } from '#clients/level-desk.client'
import type { LeveledPosition } from '#domain/positions/level-exits'
import { ownIdOf } from '#domain/positions/part-ids'
import type { XapiAccount } from './xapi-account.client.ts'
import type { Answer } from './xapi-main.client.ts'
import { operation, transactionType, type TradeRecord } from './xapi-records.wire.ts'
import { leveled, sideOf } from './xapi-trades.map.ts'
import type { TransactionInfo, XapiTransactions } from './xapi-transactions.client.ts'

/** A record comes with its transaction, but by another way. */
const recordWithinMs = 400
const none = '0'
/** A market price is a hint only, but one must be given. */
const anyPrice = '1'

const commands = {
  market: { buy: operation.buy, sell: operation.sell },
  limit: { buy: operation.buyLimit, sell: operation.sellLimit },
  'stop-market': { buy: operation.buyStop, sell: operation.sellStop },
} as const

/** Done is the number of the transaction. */
export class XapiVenue implements LevelVenue<number> {
  constructor(
    private readonly account: XapiAccount,
    private readonly transactions: XapiTransactions,
  ) {}

  get exits() {
    return this.account.exits
  }

  nameOf(symbol: string): Answer<string> {
    return this.account.nameOf(symbol)
  }

  readOpen(): Answer<undefined> {
    return this.account.readTrades(null)
  }

  held(symbol: string, side: Side): readonly DeskPosition[] {
    return [...this.account.trades.open.values()]
      .filter((record) => record.symbol === symbol && sideOf(record) === side)
      .map((record) => ({
        ...leveled(record),
        volume: record.volume,
        ours: ownIdOf(record.customComment) !== null,
      }))
  }

  position(id: string): LeveledPosition | undefined {
    const record = this.account.trades.open.get(id)
    return record === undefined ? undefined : leveled(record)
  }

  open({ order, type, symbol, volume, price, partId }: Opening): Answer<number> {
    return this.transactions.run({
      cmd: commands[type][order.side],
      type: transactionType.open,
      symbol,
      volume,
      price: price ?? anyPrice,
      sl: none,
      tp: none,
      order: none,
      customComment: partId,
    })
  }

  async close({ order, positionId, volume, total, partId }: Closing): Answer<number> {
    const { trades, closings } = this.account
    const record = trades.open.get(positionId)
    if (record === undefined) return err(gone)
    const closing = closings.of(order.clientOrderId, order.symbol, total)
    const before = new Set(trades.closedOf(positionId).map(({ order2 }) => order2))
    let isNumbered = false
    const info = { ...changeOf(record), type: transactionType.close, volume: volume.toString(), customComment: partId }
    const done = await this.transactions.run(info, (number) => {
      closing.transactions.add(number)
      isNumbered = true
    })
    if (!done.ok && done.error.kind === 'outcome-unknown' && !isNumbered) closing.lost.set(positionId, before)
    return done
  }

  async setLevels({ id, stopLoss, takeProfit }: LeveledPosition): Answer<undefined> {
    const { trades } = this.account
    const record = trades.open.get(id)
    if (record === undefined) return err(gone)
    const levels = { sl: stopLoss ?? none, tp: takeProfit ?? none }
    const done = await this.transactions.run({ ...changeOf(record), ...levels, type: transactionType.modify })
    if (!done.ok) return done
    const now = trades.open.get(id)
    if (now !== undefined) trades.tell({ ...now, ...levels })
    return ok(undefined)
  }

  pendingOf(clientOrderId: string): readonly string[] {
    return [...this.account.trades.pending.values()]
      .filter(({ customComment }) => ownIdOf(customComment)?.clientOrderId === clientOrderId)
      .map(({ position }) => position)
  }

  async removePending(id: string): Answer<undefined> {
    const { trades } = this.account
    const record = trades.pending.get(id)
    if (record === undefined) return err(brokerError.rejected('ORDER_NOT_FOUND', 'the order has gone'))
    const done = await this.transactions.run({ ...changeOf(record), type: transactionType.remove })
    if (!done.ok) return done
    trades.pending.delete(id)
    return ok(undefined)
  }

  /** The stream tells it mostly; else it is read. */
  async readDone(order: ApprovedOrder, done: readonly number[]): Answer<undefined> {
    const closes = isExit(order) || order.reduceOnly
    const isShown = () => (closes ? this.account.trades.haveClosed(done) : this.isOpened(order))
    const told = await this.transactions.until(() => isShown() || undefined, recordWithinMs)
    if (told === true) return ok(undefined)
    const read = await this.account.readTrades(closes ? this.account.now() : null)
    if (!read.ok || !closes || isShown()) return read
    return err(brokerError.outcomeUnknown('the venue has closed and does not show it yet'))
  }

  private isOpened({ clientOrderId, symbol }: ApprovedOrder): boolean {
    const status = this.orderOf(clientOrderId, symbol)?.status
    return status === 'working' || status === 'filled'
  }

  orderOf(clientOrderId: string, symbol: string) {
    return this.account.orderOf(clientOrderId, symbol)
  }
}

const gone = brokerError.rejected('ORDER_NOT_FOUND', 'the position has gone')

/** A transaction about a position or pending order that changes nothing yet. */
function changeOf(record: TradeRecord): Omit<TransactionInfo, 'type'> {
  const { cmd, volume, sl, tp, customComment, position } = record
  return { cmd, symbol: record.symbol ?? '', volume, price: record.close_price, sl, tp, order: position, customComment }
}
