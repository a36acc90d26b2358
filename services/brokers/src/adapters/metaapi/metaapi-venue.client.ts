/**
 * What the desk of orders needs of MetaApi: trades by their actions, and what shows them. Called by the session.
 * Must never send a trade twice.
 */
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import type { Side } from '@tradewire/contracts/common'
import { numberOf } from '@tradewire/kernel/exact-json'
import { ok } from '@tradewire/kernel/result'
import type { Closing, DeskPosition, LevelVenue, Opening } from '#clients/level-desk.client'
import type { LeveledPosition } from '#domain/positions/level-exits'
import { ownIdOf } from '#domain/positions/part-ids'
import type { MetaapiAccount } from './metaapi-account.client.ts'
import type { Answer } from './metaapi-api.client.ts'
import { sideOf } from './metaapi-book.map.ts'
import type { TradeReply } from './metaapi-records.wire.ts'

const actions = {
  market: { buy: 'ORDER_TYPE_BUY', sell: 'ORDER_TYPE_SELL' },
  limit: { buy: 'ORDER_TYPE_BUY_LIMIT', sell: 'ORDER_TYPE_SELL_LIMIT' },
  'stop-market': { buy: 'ORDER_TYPE_BUY_STOP', sell: 'ORDER_TYPE_SELL_STOP' },
} as const

export class MetaapiVenue implements LevelVenue<TradeReply> {
  constructor(private readonly account: MetaapiAccount) {}

  get exits() {
    return this.account.exits
  }

  async nameOf(symbol: string): Answer<string> {
    const terminal = await this.account.terminal()
    return terminal.ok ? terminal.value.symbols.nameOf(symbol) : terminal
  }

  readOpen(): Answer<undefined> {
    return this.account.readOpen()
  }

  held(symbol: string, side: Side): readonly DeskPosition[] {
    return [...this.account.book.positions.values()]
      .filter((position) => position.symbol === symbol && sideOf(position) === side)
      .map((position) => ({ ...position, ours: ownIdOf(position.clientId) !== null }))
  }

  position(id: string): LeveledPosition | undefined {
    return this.account.book.positions.get(id)
  }

  open({ order, type, symbol, volume, price, partId }: Opening): Answer<TradeReply> {
    return this.account.trade({
      actionType: actions[type][order.side],
      symbol,
      volume: numberOf(volume),
      ...(price === null ? {} : { openPrice: numberOf(price) }),
      clientId: partId,
    })
  }

  async close({ positionId, volume, whole, partId }: Closing): Answer<TradeReply> {
    const reply = await this.account.trade({
      actionType: whole ? 'POSITION_CLOSE_ID' : 'POSITION_PARTIAL',
      positionId,
      ...(whole ? {} : { volume: numberOf(volume.toString()) }),
      clientId: partId,
    })
    return reply.ok ? ok({ ...reply.value, positionId }) : reply
  }

  async setLevels({ id, stopLoss, takeProfit }: LeveledPosition): Answer<undefined> {
    const done = await this.account.trade({
      actionType: 'POSITION_MODIFY',
      positionId: id,
      ...(stopLoss === null ? {} : { stopLoss: numberOf(stopLoss) }),
      ...(takeProfit === null ? {} : { takeProfit: numberOf(takeProfit) }),
    })
    if (!done.ok) return done
    const position = this.account.book.positions.get(id)
    if (position !== undefined) this.account.book.see({ ...position, stopLoss, takeProfit })
    return ok(undefined)
  }

  pendingOf(clientOrderId: string): readonly string[] {
    const pending = [...this.account.book.pending.values()]
    return pending.filter(({ clientId }) => ownIdOf(clientId)?.clientOrderId === clientOrderId).map(({ id }) => id)
  }

  async removePending(id: string): Answer<undefined> {
    const done = await this.account.trade({ actionType: 'ORDER_CANCEL', orderId: id })
    if (!done.ok) return done
    this.account.book.pending.delete(id)
    return ok(undefined)
  }

  async readDone(order: ApprovedOrder, done: readonly TradeReply[]): Answer<undefined> {
    const currency = await this.account.feeCurrency()
    if (!currency.ok) return currency
    if (order.type !== 'market') return this.account.readOpen()
    for (const { positionId, orderId } of done) {
      const read = await this.account.readDealsOf(positionId === '' ? orderId : positionId)
      if (!read.ok) return read
    }
    return ok(undefined)
  }

  orderOf(clientOrderId: string, symbol: string) {
    return this.account.orderOf(clientOrderId, symbol)
  }
}
