/**
 * Looks for one order of ours at its venue in three ways: by its id, among the open ones, in the trades.
 * Called by reconciliation and for lost replies. Must never answer null unless all three were read and none has it.
 */
import { Injectable } from '@nestjs/common'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { ok, type Result } from '@tradewire/kernel/result'
import { type Attempt, referenceOf } from '#domain/attempt/attempt'
import { orderOfFills } from '#domain/reconcile/reconcile'
import type { AccountSession } from '#ports/sessions.port'

/** Trades are asked for from a little before the order left: clocks differ. */
const clockSlackMs = 60_000

@Injectable()
export class LookUpOrder {
  /** `listed` are the account's open orders, where they have just been read. */
  async execute(
    { session }: AccountSession,
    attempt: Attempt,
    listed: readonly VenueOrder[] | null = null,
  ): Promise<Result<VenueOrder | null, BrokerError>> {
    const { clientOrderId } = attempt
    const { symbol } = attempt.command
    const byId = await session.findByClientId(referenceOf(attempt))
    if (!byId.ok || byId.value !== null) return byId
    const open = listed === null ? await session.openOrders() : ok(listed)
    if (!open.ok) return open
    const standing = open.value.find((order) => order.clientOrderId === clientOrderId)
    if (standing !== undefined) return ok(standing)
    const since = new Date((attempt.sentAt ?? attempt.receivedAt).getTime() - clockSlackMs)
    const fills = await session.fillsSince(symbol, since)
    return fills.ok ? ok(orderOfFills(attempt, fills.value)) : fills
  }
}
