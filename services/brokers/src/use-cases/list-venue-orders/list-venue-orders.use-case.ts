/** The open orders of an account as its venue lists them now. Called over RPC. Must never show another user's account. */
import { Injectable } from '@nestjs/common'
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { decodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { intentsPerCallMax } from '@tradewire/contracts/rpc/attempts'
import type { listVenueOrders } from '@tradewire/contracts/rpc/venue-books'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { refusalOfProbe } from '#brokers.errors'
import type { Attempt } from '#domain/attempt/attempt'
import { Attempts } from '#ports/attempts.port'
import { AskVenue } from '../ask-venue/ask-venue.use-case.ts'
import { ManageAccounts } from '../manage-accounts/manage-accounts.use-case.ts'

type Reply = ReplyOf<typeof listVenueOrders>

@Injectable()
export class ListVenueOrders {
  constructor(
    private readonly accounts: ManageAccounts,
    private readonly venue: AskVenue,
    private readonly attempts: Attempts,
  ) {}

  async execute({ caller, accountId }: RequestOf<typeof listVenueOrders>): Promise<Result<Reply, CodedError>> {
    const found = await this.accounts.get(caller, accountId)
    if (!found.ok) return found
    const orders = await this.venue.openOrders(accountId)
    if (!orders.ok) return err(refusalOfProbe(orders.error))
    const rule = this.venue.clientIdRule(found.value.venue)
    const named = orders.value.map((order) => ({ order, intentId: decodeClientOrderId(rule, order.clientOrderId) }))
    const placed = await this.placed(
      accountId,
      named.flatMap(({ intentId }) => intentId ?? []),
    )
    return ok({ items: named.map(({ order, intentId }) => shown(order, intentId, placed.get(intentId ?? ''))) })
  }

  /** An id that belongs to another account is no order of ours here. */
  private async placed(accountId: string, intentIds: readonly string[]): Promise<ReadonlyMap<string, Attempt>> {
    const known = await this.attempts.byIntents(intentIds.slice(0, intentsPerCallMax))
    const own = known.filter(({ attempt }) => attempt.command.accountId === accountId)
    return new Map(own.map(({ attempt }) => [attempt.command.intentId, attempt]))
  }
}

function shown(order: VenueOrder, intentId: string | null, attempt: Attempt | undefined): Reply['items'][number] {
  const { clientOrderId, venueOrderId, symbol, status, filledQuantity, averagePrice } = order
  const told = { clientOrderId, intentId, venueOrderId, symbol, status, filledQuantity, averagePrice }
  if (attempt === undefined) return { ...told, placed: null }
  const { side, type, quantity, price, triggerPrice, reduceOnly } = attempt.command
  const at = (attempt.sentAt ?? attempt.receivedAt).toISOString()
  return { ...told, placed: { side, type, quantity, price, triggerPrice, reduceOnly, at } }
}
