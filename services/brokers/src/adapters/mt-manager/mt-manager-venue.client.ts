/**
 * What the desk of orders needs of a manager: transactions by their types, and what shows them. Called by the session.
 * Must never send a transaction twice, nor one that opens without our id.
 */
import { createHash } from 'node:crypto'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import type { Side } from '@tradewire/contracts/common'
import { type Decimal, decimal } from '@tradewire/kernel/decimal'
import { numberOf } from '@tradewire/kernel/exact-json'
import type { Randomness } from '@tradewire/kernel/randomness'
import { err, ok } from '@tradewire/kernel/result'
import { type Closing, type DeskPosition, type LevelVenue, type Opening, proven } from '#clients/level-desk.client'
import type { LeveledPosition } from '#domain/positions/level-exits'
import type { MtManagerAccount } from './mt-manager-account.client.ts'
import type { Answer } from './mt-manager-api.client.ts'
import type { Listed } from './mt-manager-symbols.map.ts'

/** How far a price may have moved since it was read; the rest is a requote. */
const deviationPart = '0.005'
const deviationPointsMax = 1_000_000_000
const keyBytes = 16
const refusalsMax = 10_000
const commands = {
  market: { buy: 'Buy', sell: 'Sell' },
  limit: { buy: 'BuyLimit', sell: 'SellLimit' },
  'stop-market': { buy: 'BuyStop', sell: 'SellStop' },
} as const

export class MtManagerVenue implements LevelVenue<string> {
  /** How often a trade was proved not to have been done. */
  private readonly refusals = new Map<string, number>()

  constructor(
    private readonly account: MtManagerAccount,
    private readonly randomness: Randomness,
  ) {}

  get exits() {
    return this.account.exits
  }

  async nameOf(symbol: string): Answer<string> {
    const listed = await this.account.tradable(symbol)
    return listed.ok ? ok(listed.value.name) : listed
  }

  readOpen(): Answer<undefined> {
    return this.account.readOpen()
  }

  held(symbol: string, side: Side): readonly DeskPosition[] {
    const { book } = this.account
    return book
      .positions()
      .filter((position) => position.symbol === symbol && position.side === side)
      .map((position) => ({ ...position, ours: book.ownIdOf(position.id) !== null }))
  }

  position(id: string): LeveledPosition | undefined {
    return this.account.book.position(id)
  }

  async open({ order, type, volume, price, partId }: Opening): Answer<string> {
    const listed = await this.account.listed(order.symbol)
    if (!listed.ok) return err(proven(listed.error))
    if (!isWhole(decimal(volume))) return err(betweenSteps)
    const asked = price === null ? await this.marketPrice(listed.value, order.side) : ok({ price, ieDeviation: 0 })
    if (!asked.ok) return err(proven(asked.error))
    const body = {
      tradeTransactionType: type === 'market' ? 'OpenMarket' : 'OpenPending',
      tradeCommand: commands[type][order.side],
      symbol: listed.value.name,
      volume: unitsOf(decimal(volume)),
      price: numberOf(asked.value.price),
      ieDeviation: asked.value.ieDeviation,
      comment: partId,
    }
    const done = await this.once(`open ${partId}`, body)
    if (done.ok) this.account.book.learnOwner(done.value, partId)
    return done
  }

  async close({ order, positionId, volume, total, partId }: Closing): Answer<string> {
    const { book } = this.account
    const record = book.open.get(positionId)
    if (record === undefined) return err(brokerError.rejected('ORDER_NOT_FOUND', 'the position has gone'))
    if (!isWhole(volume)) return err(betweenSteps)
    const listed = await this.account.listedNamed(record.symbol)
    if (!listed.ok) return err(proven(listed.error))
    const asked = await this.marketPrice(listed.value, order.side)
    if (!asked.ok) return err(proven(asked.error))
    const { clientOrderId, symbol } = order
    const known = book.closing(clientOrderId)?.tickets ?? new Set()
    // The venue keeps no id of a close: before it is sent, it is remembered for which ticket.
    book.addClosing({ clientOrderId, symbol, quantity: total, tickets: new Set([...known, positionId]) })
    const body = {
      tradeTransactionType: 'CloseMarket',
      tradeCommand: record.tradeCommand,
      order: Number(positionId),
      symbol: record.symbol,
      volume: unitsOf(volume),
      price: numberOf(asked.value.price),
      ieDeviation: asked.value.ieDeviation,
    }
    const done = await this.once(`close ${partId} ${positionId}`, body)
    return done.ok ? ok(positionId) : this.goneOr(positionId, done.error)
  }

  async setLevels({ id, stopLoss, takeProfit }: LeveledPosition): Answer<undefined> {
    const record = this.account.book.open.get(id)
    if (record === undefined) return err(brokerError.rejected('ORDER_NOT_FOUND', 'the position has gone'))
    const body = {
      tradeTransactionType: 'ModifyTrade',
      tradeCommand: record.tradeCommand,
      order: Number(id),
      symbol: record.symbol,
      volume: unitsOf(decimal(record.volume)),
      price: numberOf(record.openPrice),
      sl: numberOf(stopLoss ?? '0'),
      tp: numberOf(takeProfit ?? '0'),
    }
    const done = await this.account.trade(body, this.newKey())
    if (!done.ok) return this.goneOr(id, done.error)
    this.account.book.add({ ...record, sl: stopLoss, tp: takeProfit })
    return ok(undefined)
  }

  pendingOf(clientOrderId: string): readonly string[] {
    const { book } = this.account
    const mine = book.pending().filter(({ order }) => book.ownIdOf(order)?.clientOrderId === clientOrderId)
    return mine.map(({ order }) => order)
  }

  async removePending(id: string): Answer<undefined> {
    const record = this.account.book.open.get(id)
    if (record === undefined) return err(brokerError.rejected('ORDER_NOT_FOUND', 'the order has gone'))
    const { tradeCommand, symbol, volume, openPrice } = record
    const about = { tradeCommand, symbol, volume: unitsOf(decimal(volume)), price: numberOf(openPrice) }
    const body = { tradeTransactionType: 'DeletePending', order: Number(id), ...about }
    const done = await this.account.trade(body, this.newKey())
    return done.ok ? this.account.readTickets([id]) : this.goneOr(id, done.error)
  }

  /** Live: the gateway's own memory may not know yet. */
  async readDone(order: ApprovedOrder, done: readonly string[]): Answer<undefined> {
    const read = await this.account.readTickets(done)
    if (!read.ok || this.account.book.closing(order.clientOrderId) === undefined) return read
    return this.account.readOpen()
  }

  orderOf(clientOrderId: string, symbol: string) {
    return this.account.orderOf(clientOrderId, symbol)
  }

  private async marketPrice({ name, point }: Listed, side: Side) {
    const quote = await this.account.quote(name)
    if (!quote.ok) return quote
    const price = side === 'buy' ? quote.value.ask : quote.value.bid
    const points = decimal(price).times(deviationPart).div(point)
    return ok({ price, ieDeviation: Math.min(deviationPointsMax, Math.ceil(Number(points.toString()))) })
  }

  /** The trade server says of a ticket that has gone only that the data is wrong: it is looked up. */
  private async goneOr(id: string, error: brokerError.BrokerError): Answer<never> {
    if (error.kind !== 'rejected') return err(error)
    const read = await this.account.readTickets([id])
    const gone = read.ok && !this.account.book.open.has(id)
    return err(gone ? brokerError.rejected('ORDER_NOT_FOUND', error.message) : error)
  }

  /**
   * Under a key that is the same for the same trade, also in another process: a second one of it would get the answer of
   * the first. An answer that proves that nothing was done is kept like any other, so that trying again needs a new key.
   */
  private async once(what: string, body: object): Answer<string> {
    const refusals = this.refusals.get(what) ?? 0
    const key = uuidOf(createHash('sha256').update(`${this.account.login} ${what} ${refusals}`).digest('hex'))
    const done = await this.account.trade(body, key)
    if (!done.ok && (done.error.kind === 'not-sent' || done.error.kind === 'rate-limited')) {
      this.refusals.set(what, refusals + 1)
      const [oldest] = this.refusals.keys()
      if (this.refusals.size > refusalsMax && oldest !== undefined) this.refusals.delete(oldest)
    }
    return done
  }

  private newKey(): string {
    return uuidOf(this.randomness.bytes(keyBytes).toString('hex'))
  }
}

const betweenSteps = brokerError.rejected('INVALID_QUANTITY', 'lots have at most two decimals')

/** Lots in hundredths, as the trade server counts them. */
function unitsOf(lots: Decimal): number {
  return Number(lots.times('100').toString())
}

function isWhole(lots: Decimal): boolean {
  return Number.isSafeInteger(unitsOf(lots))
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5')
}
