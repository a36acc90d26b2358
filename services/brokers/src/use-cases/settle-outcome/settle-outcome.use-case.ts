/**
 * What the answer to a placement means for the order. Called by place-orders with every answer.
 * Must never turn an unclear answer into a refusal.
 */
// tidy-allow ratchet-use-case-methods: failures before the call settle as those after it
import { Injectable } from '@nestjs/common'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { type Result, unreachable } from '@tradewire/kernel/result'
import { SendGate } from '#ports/send-gate.port'
import type { AccountSession } from '#ports/sessions.port'
import { afterProof, referenceOf } from '#domain/attempt/attempt'
import type { OpenAttempt } from '#domain/sending/desk'
import { ApplyEvidence } from '../apply-evidence/apply-evidence.use-case.ts'
import { ResolveUnknown } from '../resolve-unknown/resolve-unknown.use-case.ts'
import { TrackHealth } from '../track-health/track-health.use-case.ts'

/** `again` after so many milliseconds: the order was proved not sent. */
export type Settlement = { readonly kind: 'settled' } | { readonly kind: 'again'; readonly afterMs: number | null }

const settled: Settlement = { kind: 'settled' }

@Injectable()
export class SettleOutcome {
  constructor(
    private readonly evidence: ApplyEvidence,
    private readonly resolver: ResolveUnknown,
    private readonly health: TrackHealth,
    private readonly gate: SendGate,
  ) {}

  async execute(
    one: OpenAttempt,
    opened: AccountSession,
    answer: Result<VenueOrder, BrokerError>,
  ): Promise<Settlement> {
    if (answer.ok) {
      this.evidence.venueOrder(one, answer.value)
      return settled
    }
    const { error } = answer
    if (error.kind === 'rejected' && error.code === 'DUPLICATE_CLIENT_ORDER_ID') {
      await this.adopt(one, opened)
      return settled
    }
    return this.failed(one, error)
  }

  /** For failures before and after the call alike. */
  failed(one: OpenAttempt, error: BrokerError): Settlement {
    const { venue, accountId } = one.attempt.command
    switch (error.kind) {
      case 'outcome-unknown':
        this.unknown(one, error.message)
        return settled
      case 'rate-limited':
        this.gate.closeBudget(venue, accountId, error)
        return this.notSent(one, error.retryAfterMs)
      case 'connectivity':
      case 'not-sent':
        return this.notSent(one, null)
      case 'rejected':
        this.refuse(one, error.code, error.message)
        return settled
      case 'unsupported':
        this.refuse(one, 'UNSUPPORTED_BY_VENUE', error.message)
        return settled
      case 'auth':
        this.refuse(one, 'VENUE_AUTHENTICATION_FAILED', error.message)
        void this.health.authFailed(accountId, error.message)
        return settled
      default:
        return unreachable(error)
    }
  }

  /**
   * In memory it is queued again, unless it was cancelled on its way; its row still says submitting, which is the safe
   * side after a crash.
   */
  private notSent(one: OpenAttempt, afterMs: number | null): Settlement {
    one.attempt = afterProof(one.attempt, 'not-sent')
    if (one.attempt.cancelRequested) this.evidence.localCancel(one)
    return one.attempt.state === 'queued' ? { kind: 'again', afterMs } : settled
  }

  refuse(one: OpenAttempt, code: string, message: string): void {
    this.evidence.refusal(one, { code, message })
  }

  unknown(one: OpenAttempt, message: string): void {
    this.evidence.lostReply(one, message)
    this.resolver.execute(one)
  }

  /** The venue has an order with this id: it is ours, from an earlier try. */
  private async adopt(one: OpenAttempt, { session }: AccountSession): Promise<void> {
    one.provedAtVenue = true
    const found = await session.findByClientId(referenceOf(one.attempt))
    if (found.ok && found.value !== null) this.evidence.venueOrder(one, found.value)
    else this.unknown(one, 'the venue says that the order exists')
  }
}
