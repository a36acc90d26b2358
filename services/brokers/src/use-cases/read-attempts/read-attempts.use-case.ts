/** What was done for intents, for the explain trace. Called over RPC. Must never change anything. */
import { Injectable } from '@nestjs/common'
import type { AttemptReply } from '@tradewire/contracts/rpc/attempts'
import type { Attempt } from '#domain/attempt/attempt'
import { Attempts } from '#ports/attempts.port'

@Injectable()
export class ReadAttempts {
  constructor(private readonly attempts: Attempts) {}

  /** In the order in which they were received; intents that never came are left out. */
  async execute(intentIds: readonly string[]): Promise<AttemptReply[]> {
    const found = await this.attempts.byIntents(intentIds)
    return found.map(({ attempt, updatedAt }) => replyOf(attempt, updatedAt))
  }
}

function replyOf(attempt: Attempt, updatedAt: Date): AttemptReply {
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
