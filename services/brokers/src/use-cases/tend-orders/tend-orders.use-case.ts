/**
 * What open orders need each second: waiting entries expire, untold fees are read, ended orders are forgotten.
 * Called by a timer. Must never end an exit, nor an order that has left.
 */
import { Injectable } from '@nestjs/common'
import { Desk } from '#domain/sending/desk'
import { SendGate } from '#ports/send-gate.port'
import { referenceOf } from '#domain/attempt/attempt'
import { Sessions } from '#ports/sessions.port'
import { ApplyEvidence } from '../apply-evidence/apply-evidence.use-case.ts'

const feeOverdueMs = 3_000

@Injectable()
export class TendOrders {
  constructor(
    private readonly desk: Desk,
    private readonly gate: SendGate,
    private readonly sessions: Sessions,
    private readonly evidence: ApplyEvidence,
  ) {}

  async execute(): Promise<void> {
    for (const accountId of this.desk.accountsWithAttempts()) this.expireWaiting(accountId)
    this.evidence.sweep()
    await this.readFees()
  }

  /** An entry waits for the first reading of its account, or for an order whose outcome is unknown. */
  private expireWaiting(accountId: string): void {
    for (const one of this.desk.ofAccount(accountId)) {
      const { state, command, reason } = one.attempt
      if (state !== 'queued' || !this.gate.expired(command)) continue
      // What is in no lane is on its way already; it will be checked there.
      if (this.desk.lanesOf(command.venue).remove(accountId, command.intentId) === undefined) continue
      const waited = reason === null ? '' : ` ${reason.message}`
      const message = `The order expired before it could be sent.${waited}`
      this.evidence.refusal(one, { code: 'EXPIRED_BEFORE_SEND', message })
    }
  }

  private async readFees(): Promise<void> {
    const reads = this.evidence.withoutFee(feeOverdueMs).map(async (one) => {
      const opened = await this.sessions.get(one.attempt.command.accountId)
      if (!opened.ok) return
      const found = await opened.value.session.findByClientId(referenceOf(one.attempt))
      if (found.ok && found.value !== null) this.evidence.venueOrder(one, found.value)
    })
    await Promise.all(reads)
  }
}
