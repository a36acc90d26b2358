/**
 * What brokers told of our orders, applied to their brackets.
 * Called by the order update consumer with up to some hundred events at once. Must never trust the order of arrival.
 */
import { Injectable } from '@nestjs/common'
import { traceOf } from '@tradewire/bus/consume/delivery'
import type { ConsumedEvent } from '@tradewire/bus/consume/consumer-options'
import {
  orderAccepted,
  orderCancelled,
  orderFilled,
  orderRejected,
  orderUnknown,
  type orderUpdateEvents,
} from '@tradewire/contracts/events/brokers'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { Decimal } from '@tradewire/kernel/decimal'
import type { BracketNews } from '../../domain/bracket/bracket.ts'
import { firstRest } from '../../domain/bracket/first-rest.ts'
import type { LegNews, LegUpdate } from '../../domain/bracket/leg.ts'
import { Brackets, type EntryRest } from '../../ports/brackets.port.ts'
import { AdvanceBrackets } from '../advance-brackets/advance-brackets.use-case.ts'

export type OrderUpdateEvent = ConsumedEvent<(typeof orderUpdateEvents)[number]>

const newsByName: Readonly<Record<OrderUpdateEvent['name'], LegNews>> = {
  [orderAccepted.name]: 'accepted',
  [orderFilled.name]: 'filled',
  [orderRejected.name]: 'rejected',
  [orderUnknown.name]: 'unknown',
  [orderCancelled.name]: 'cancelled',
}

@Injectable()
export class TakeOrderUpdates {
  constructor(
    private readonly advanceBrackets: AdvanceBrackets,
    private readonly brackets: Brackets,
    private readonly clock: Clock,
  ) {}

  async execute(events: readonly OrderUpdateEvent[], tx: Transaction): Promise<void> {
    const newsById = new Map<string, { news: BracketNews[]; trace: string | null }>()
    for (const event of events) {
      const news: BracketNews = { kind: 'update', update: updateOf(event) }
      const of = newsById.get(event.data.bracketId)
      if (of === undefined) newsById.set(event.data.bracketId, { news: [news], trace: traceOf(event) })
      else of.news.push(news)
    }
    const rests = [...newsById].flatMap(([bracketId, { news }]) => restOf(bracketId, news) ?? [])
    // All or none: brackets are locked in one go, in id order.
    const haveRested = rests.length === newsById.size && (await this.brackets.restFirst(tx, rests, this.clock.now()))
    if (!haveRested) await this.advanceBrackets.execute(tx, newsById)
  }
}

/** Null for what is not, or not alone, the news that an order has come to rest. */
function restOf(bracketId: string, news: readonly BracketNews[]): EntryRest | null {
  const [one] = news
  if (one?.kind !== 'update' || news.length > 1) return null
  const rest = firstRest(one.update)
  return rest && { bracketId, intentId: one.update.intentId, rest }
}

/** The contract has checked that amounts are decimals. */
function updateOf({ name, data }: OrderUpdateEvent): LegUpdate {
  return {
    intentId: data.intentId,
    news: newsByName[name],
    revision: data.revision,
    venueOrderId: data.venueOrderId,
    clientOrderId: data.clientOrderId,
    final: data.final,
    filledQuantity: new Decimal(data.filledQuantity),
    averagePrice: data.averagePrice === null ? null : new Decimal(data.averagePrice),
    fee: new Decimal(data.fee),
    feeCurrency: data.feeCurrency,
    reason: data.reason,
    sentAt: data.sentAt,
    executedAt: data.executedAt,
    observedAt: data.observedAt,
  }
}
