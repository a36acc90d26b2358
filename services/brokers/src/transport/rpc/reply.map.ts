/** Accounts, attempts and venues in the words of the contracts. Called by the RPC controllers. Must never add a credential. */
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type * as rpc from '@tradewire/contracts/rpc/brokers'
import type { AttemptReply } from '@tradewire/contracts/rpc/brokers'
import { z } from 'zod'
import type { Account } from '#domain/account'
import type { Attempt } from '#domain/attempt'

export function accountReply(account: Account): ReplyOf<typeof rpc.getAccount> {
  const { id, userId, venue, environment, label, status, reason, createdAt, changedAt } = account
  return {
    id,
    userId,
    venue,
    environment,
    label,
    status,
    reason,
    createdAt: createdAt.toISOString(),
    updatedAt: changedAt.toISOString(),
  }
}

export function attemptReply(attempt: Attempt, updatedAt: Date): AttemptReply {
  const { command } = attempt
  return {
    intentId: command.intentId,
    bracketId: command.bracketId,
    accountId: command.accountId,
    venue: command.venue,
    symbol: command.symbol,
    purpose: command.purpose,
    side: command.side,
    state: attempt.state,
    clientOrderId: attempt.clientOrderId,
    venueOrderId: attempt.venueOrderId,
    revision: attempt.revision,
    submissions: attempt.submissions,
    filledQuantity: attempt.filledQuantity,
    averagePrice: attempt.averagePrice,
    fee: attempt.fee ?? '0',
    feeCurrency: attempt.feeCurrency,
    reason: attempt.reason,
    receivedAt: attempt.receivedAt.toISOString(),
    sentAt: attempt.sentAt?.toISOString() ?? null,
    answeredAt: attempt.answeredAt?.toISOString() ?? null,
    updatedAt: updatedAt.toISOString(),
  }
}

type VenueReply = ReplyOf<typeof rpc.listVenues>['items'][number]

export function venueReply(definition: BrokerDefinition): VenueReply {
  const { capabilities } = definition
  const { field, lengthMax, uniqueness, readLagMs } = capabilities.clientId
  return {
    id: definition.id,
    title: definition.title,
    credentials: z.toJSONSchema(definition.credentials) as Record<string, unknown>,
    orderTypes: [...capabilities.orderTypes],
    trailing: capabilities.trailing,
    leverageMax: capabilities.leverage?.max ?? null,
    clientOrderId: { field, lengthMax, uniqueness, readLagMs },
    rateLimits: definition.rateLimits.map((limit) => ({ ...limit })),
  }
}
