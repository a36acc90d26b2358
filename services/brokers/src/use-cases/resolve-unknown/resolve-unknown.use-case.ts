/**
 * Finds out what became of an order whose reply was lost (rule R14). Called by placement and after take-over.
 * Must never send again before the venue has proved the order absent, and never calls it absent on one source.
 */
import { Injectable } from '@nestjs/common'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { OrderReference, VenueOrder } from '@tradewire/broker-kit/broker-session'
import { isExit } from '@tradewire/broker-kit/approved-order'
import { readLagMsOf } from '@tradewire/broker-kit/define-broker'
import { Clock } from '@tradewire/kernel/clock'
import { decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { setTimeout as delay } from 'node:timers/promises'
import { type AccountSession, Sessions } from '#ports/sessions.port'
import { absenceVerdict } from '#domain/absence'
import type { Attempt } from '#domain/attempt'
import { Desk, type OpenAttempt } from '#domain/desk'
import { DatabaseTime } from '#ports/database-time.port'
import { ApplyEvidence } from '../apply-evidence/apply-evidence.use-case.ts'

const lookFirstMs = 200
const lookMostMs = 5_000
const looksAtOnceMax = 48
/** Trades are asked for from a little before the order left: clocks differ. */
const clockSlackMs = 60_000

@Injectable()
export class ResolveUnknown {
  private readonly running = new Set<string>()
  private looking = 0
  private readonly waiting: (() => void)[] = []

  constructor(
    private readonly desk: Desk,
    private readonly sessions: Sessions,
    private readonly evidence: ApplyEvidence,
    private readonly clock: Clock,
    private readonly time: DatabaseTime,
  ) {}

  /** Starts looking unless somebody looks already. Entries of the account wait until it is known. */
  execute(one: OpenAttempt): void {
    const { intentId, accountId, venue } = one.attempt.command
    if (this.running.has(intentId)) return
    this.running.add(intentId)
    this.desk.lanesOf(venue).holdEntries(accountId)
    void this.resolve(one).finally(() => {
      this.running.delete(intentId)
      this.desk.lanesOf(venue).releaseEntries(accountId)
      this.desk.wake(venue)
    })
  }

  private async resolve(one: OpenAttempt): Promise<void> {
    let absentSinceMs: number | null = null
    for (let look = 0; this.isOpen(one); look += 1) {
      const found = await this.withSlot(() => this.look(one.attempt))
      if (!this.isOpen(one)) return
      let waitMs = Math.min(lookMostMs, lookFirstMs * 2 ** Math.min(look, 10))
      if (!found.ok) {
        this.evidence.lostReply(one, found.error.message)
        // The budget waits for as long as the venue has asked; a position may stand without its stop meanwhile.
        if (found.error.kind === 'rate-limited') waitMs = lookFirstMs
      } else if (found.value !== null) {
        this.evidence.venueOrder(one, found.value)
        if (!this.isOpen(one)) return
      } else {
        absentSinceMs ??= this.clock.monotonicMs()
        const absentMs = this.clock.monotonicMs() - absentSinceMs
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
    const { command } = one.attempt
    const session = this.sessions.known(command.accountId)
    if (session === undefined) return false
    const { definition, account } = session
    const expired = !isExit(command) && command.expiresAt !== null && new Date(command.expiresAt) <= this.time.now()
    const verdict = absenceVerdict({
      uniqueness: definition.capabilities.clientId.uniqueness,
      readLagMs: readLagMsOf(definition, account.environment),
      absentMs,
      provedAtVenue: one.provedAtVenue,
      expired,
    })
    if (verdict === 'wait') return false
    if (verdict === 'never-arrived') {
      this.evidence.refusal(one, {
        code: 'NEVER_ARRIVED',
        message: `The venue showed no such order, open list entry or trade for ${Math.round(absentMs)} ms.`,
      })
      return true
    }
    // In memory only: its row still says that it may stand at the venue, which is the safe side after a crash.
    one.attempt = { ...one.attempt, state: 'queued' }
    this.desk.enqueue(one, 'submit')
    return true
  }

  /** Order by id, open list and trades; null only when all three answered and none has it. */
  private async look(attempt: Attempt): Promise<Result<VenueOrder | null, BrokerError>> {
    const { command, clientOrderId, venueOrderId } = attempt
    const opened = await this.sessions.get(command.accountId)
    if (!opened.ok) return opened
    const { session } = opened.value
    const reference: OrderReference = { clientOrderId, venueOrderId, symbol: command.symbol, type: command.type }
    const byId = await session.findByClientId(reference)
    if (!byId.ok || byId.value !== null) return byId
    const open = await session.openOrders()
    if (!open.ok) return open
    const listed = open.value.find((order) => order.clientOrderId === clientOrderId)
    if (listed !== undefined) return ok(listed)
    return this.lookAtFills(opened.value, attempt)
  }

  private async lookAtFills(
    { session }: AccountSession,
    attempt: Attempt,
  ): Promise<Result<VenueOrder | null, BrokerError>> {
    const { command, clientOrderId } = attempt
    const since = new Date((attempt.sentAt ?? attempt.receivedAt).getTime() - clockSlackMs)
    const fills = await session.fillsSince(command.symbol, since)
    if (!fills.ok) return err(fills.error)
    const own = fills.value.filter((fill) => fill.clientOrderId === clientOrderId)
    const [first] = own
    if (first === undefined) return ok(null)
    const filled = sum(own.map(({ quantity }) => decimal(quantity)))
    const paid = own.reduce((total, { quantity, price }) => total.plus(decimal(quantity).times(decimal(price))), ZERO)
    return ok({
      clientOrderId,
      venueOrderId: first.venueOrderId,
      symbol: command.symbol,
      status: filled.gte(decimal(command.quantity)) ? 'filled' : 'working',
      filledQuantity: filled.toString(),
      averagePrice: paid.div(filled).round(averageDigits).toString(),
      fee: sum(own.map(({ fee }) => decimal(fee))).toString(),
      feeCurrency: first.feeCurrency,
      message: null,
    })
  }

  private async withSlot<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.looking >= looksAtOnceMax) await new Promise<void>((resolve) => this.waiting.push(resolve))
    this.looking += 1
    try {
      return await work()
    } finally {
      this.looking -= 1
      this.waiting.shift()?.()
    }
  }
}

const averageDigits = 18
