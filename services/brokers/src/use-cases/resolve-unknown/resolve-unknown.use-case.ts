/**
 * Finds out what became of an order whose reply was lost (rule R14). Called by placement and after take-over.
 * Must never send again before the venue has proved the order absent, and never calls it absent on one source.
 */
import { Injectable } from '@nestjs/common'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { isExit } from '@tradewire/broker-kit/approved-order'
import { readLagMsOf } from '@tradewire/broker-kit/define-broker'
import { ok, type Result } from '@tradewire/kernel/result'
import { setTimeout as delay } from 'node:timers/promises'
import { Sessions } from '#ports/sessions.port'
import { type AbsenceVerdict, absenceVerdict } from '#domain/attempt/absence'
import { afterProof, referenceOf } from '#domain/attempt/attempt'
import { Desk, type OpenAttempt } from '#domain/sending/desk'
import { Slots } from '#domain/sending/slots'
import { DatabaseTime } from '#ports/database-time.port'
import { ApplyEvidence } from '../apply-evidence/apply-evidence.use-case.ts'
import { LookUpOrder } from '../look-up-order/look-up-order.use-case.ts'

const lookFirstMs = 200
const lookMostMs = 5_000
const looksAtOnceMax = 48

interface Look {
  readonly order: VenueOrder | null
  /** In all three ways: no other look proves an absence. */
  readonly complete: boolean
}

@Injectable()
export class ResolveUnknown {
  /** By attempt: one of an earlier ownership is another one. */
  private readonly running = new Set<OpenAttempt>()
  private readonly slots = new Slots<OpenAttempt>(looksAtOnceMax)

  constructor(
    private readonly desk: Desk,
    private readonly sessions: Sessions,
    private readonly evidence: ApplyEvidence,
    private readonly lookUp: LookUpOrder,
    private readonly time: DatabaseTime,
  ) {}

  /** Starts looking unless somebody looks already. Entries of the account wait until it is known. */
  execute(one: OpenAttempt): void {
    const { accountId, venue } = one.attempt.command
    if (this.running.has(one)) return
    this.running.add(one)
    this.desk.lanesOf(venue).holdEntries(accountId)
    void this.resolve(one).finally(() => {
      this.running.delete(one)
      this.desk.lanesOf(venue).releaseEntries(accountId)
      this.desk.wake(venue)
    })
  }

  private async resolve(one: OpenAttempt): Promise<void> {
    let absentSinceMs: number | null = null
    for (let look = 0; this.isOpen(one); look += 1) {
      const looked = await this.slots.run(one, () => this.look(one))
      if (!this.isOpen(one)) return
      let waitMs = Math.min(lookMostMs, lookFirstMs * 2 ** Math.min(look, 10))
      if (!looked.ok) {
        this.evidence.lostReply(one, looked.error.message)
        // The budget waits for as long as the venue has asked; a position may stand without its stop meanwhile.
        if (looked.error.kind === 'rate-limited') waitMs = lookFirstMs
      } else if (looked.value.order !== null) {
        this.evidence.venueOrder(one, looked.value.order)
        if (!this.isOpen(one)) return
      } else {
        if (looked.value.complete) absentSinceMs ??= this.time.monotonicMs()
        const absentMs = absentSinceMs === null ? 0 : this.time.monotonicMs() - absentSinceMs
        if (this.settleAbsent(one, absentMs)) return
        this.evidence.lostReply(one, 'the venue does not show the order yet')
        waitMs = Math.min(waitMs, this.lagLeftMs(one, absentMs))
      }
      await delay(waitMs)
    }
  }

  /** The look that can prove the absence comes right when the read lag is over. */
  private lagLeftMs(one: OpenAttempt, absentMs: number): number {
    const session = this.sessions.known(one.attempt.command.accountId)
    if (session === undefined) return lookMostMs
    const leftMs = readLagMsOf(session.definition, session.account.environment) - absentMs
    return leftMs > 0 ? leftMs : lookMostMs
  }

  private isOpen(one: OpenAttempt): boolean {
    const { state, command } = one.attempt
    return (state === 'submitting' || state === 'unknown') && this.desk.find(command.intentId) === one
  }

  /** True when the absence is settled, one way or the other. */
  private settleAbsent(one: OpenAttempt, absentMs: number): boolean {
    const verdict = this.verdictOn(one, absentMs)
    if (verdict === 'wait') return false
    if (verdict === 'never-arrived' && !one.attempt.cancelRequested) {
      this.evidence.refusal(one, {
        code: 'NEVER_ARRIVED',
        message: `The venue showed no such order, open list entry or trade for ${Math.round(absentMs)} ms.`,
      })
      return true
    }
    // In memory only: its row still says that it may stand at the venue, which is the safe side after a crash.
    one.attempt = afterProof(one.attempt, 'absence')
    if (one.attempt.cancelRequested) this.evidence.localCancel(one)
    else this.desk.enqueue(one, 'submit')
    return true
  }

  /** What follows from an absence that has been seen for so long. */
  private verdictOn({ attempt, provedAtVenue }: OpenAttempt, absentMs: number): AbsenceVerdict {
    const { command, cancelRequested } = attempt
    const session = this.sessions.known(command.accountId)
    if (session === undefined) return 'wait'
    const { definition, account } = session
    const expired = !isExit(command) && command.expiresAt !== null && new Date(command.expiresAt) <= this.time.now()
    return absenceVerdict({
      uniqueness: definition.capabilities.clientId.uniqueness,
      readLagMs: readLagMsOf(definition, account.environment),
      absentMs,
      provedAtVenue,
      unwanted: expired || cancelRequested,
    })
  }

  private async look(one: OpenAttempt): Promise<Result<Look, BrokerError>> {
    const opened = await this.sessions.get(one.attempt.command.accountId)
    if (!opened.ok) return opened
    // Where it may be sent again whatever the other sources say, the venue is asked for its id alone.
    const complete = this.verdictOn(one, 0) !== 'submit-again'
    const found = complete
      ? await this.lookUp.execute(opened.value, one.attempt)
      : await opened.value.session.findByClientId(referenceOf(one.attempt))
    return found.ok ? ok({ order: found.value, complete }) : found
  }
}
