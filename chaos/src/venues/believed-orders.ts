/**
 * The orders of one account as `brokers` would believe them: its own table of moves, its own looks at the venue, its own
 * verdict on absence, over the venue's real adapter. Called by the run over venues. Must never read the venue's ledger.
 */
import type { ApprovedOrder, SubmitCommand } from '@tradewire/broker-kit/approved-order'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession, VenueOrder } from '@tradewire/broker-kit/broker-session'
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import { absenceVerdict } from '@tradewire/brokers/domain/attempt/absence'
import {
  afterLostReply,
  afterRefusal,
  afterProof,
  afterSubmitting,
  afterVenueOrder,
  type Attempt,
  isFinal,
  newAttempt,
} from '@tradewire/brokers/domain/attempt/attempt'
import type { AccountSession } from '@tradewire/brokers/ports/sessions.port'
import { LookUpOrder } from '@tradewire/brokers/use-cases/look-up-order/look-up-order.use-case'
import { setTimeout as delay } from 'node:timers/promises'

/** Proved not sent: tried so often again. */
const triesMax = 5
const lookEveryMs = 150
const resolveWithinMs = 15_000
/** The venue's clock is another one: so that no time of its is cut off, ours begins earlier and ends later. */
const clocksApartMs = 1_000

export interface Believed {
  readonly order: ApprovedOrder
  attempt: Attempt
  /** The venue has refused a second order with this id. */
  proved: boolean
  /** Since when no look has shown it, though it was accepted. */
  missingSinceMs: number | null
}

export class BelievedOrders {
  readonly all: Believed[] = []
  private readonly session: BrokerSession
  private readonly definition: BrokerDefinition
  private readonly lookUp = new LookUpOrder()

  constructor(session: BrokerSession, definition: BrokerDefinition) {
    this.session = session
    this.definition = definition
  }

  get resting(): Believed[] {
    return this.all.filter(({ attempt }) => attempt.state === 'accepted')
  }

  /** News of the stream. */
  hear(news: VenueOrder): void {
    const one = this.all.find(({ order }) => order.clientOrderId === news.clientOrderId)
    if (one !== undefined) this.take(one, news)
  }

  async submit(command: SubmitCommand, order: ApprovedOrder): Promise<void> {
    const attempt = newAttempt({
      command,
      clientOrderId: order.clientOrderId,
      partition: 0,
      receivedAt: new Date(Date.now() - clocksApartMs),
    })
    const one: Believed = { order, attempt, proved: false, missingSinceMs: null }
    this.all.push(one)
    for (let tries = 0; tries < triesMax && !isFinal(one.attempt.state); tries += 1) {
      if (!(await this.send(one))) return
    }
    // Given up while it is proved not sent: as an entry that expires.
    this.refuse(one, 'EXPIRED_BEFORE_SEND', 'It was not sent.')
  }

  async cancel(one: Believed): Promise<void> {
    const cancelled = await this.session.cancel(this.referenceOf(one))
    if (cancelled.ok) this.take(one, cancelled.value)
    else await this.read(one)
  }

  /** Reads every order that has been sent once more. */
  async readAll(): Promise<void> {
    for (const one of this.all) if (one.attempt.submissions > 0) await this.read(one)
  }

  /** One try; true when it is to be tried again. */
  private async send(one: Believed): Promise<boolean> {
    one.attempt = afterSubmitting(one.attempt, new Date())
    const answer = await this.session.submit(one.order)
    if (answer.ok) {
      this.take(one, answer.value)
      return false
    }
    return this.failed(one, answer.error)
  }

  private async failed(one: Believed, error: BrokerError): Promise<boolean> {
    switch (error.kind) {
      case 'rate-limited':
        return this.again(one, error.retryAfterMs)
      case 'connectivity':
      case 'not-sent':
        return this.again(one, lookEveryMs)
      case 'outcome-unknown':
        return this.resolve(one, error.message)
      case 'rejected':
        one.proved = error.code === 'DUPLICATE_CLIENT_ORDER_ID'
        if (one.proved) return this.resolve(one, error.message)
        break
      case 'auth':
      case 'unsupported':
    }
    this.refuse(one, error.kind, error.message)
    return false
  }

  private async again(one: Believed, afterMs: number): Promise<boolean> {
    one.attempt = afterProof(one.attempt, 'not-sent')
    await delay(afterMs)
    return true
  }

  /** Asks the venue until the order is found or counts as absent; true when it is to be sent again. */
  private async resolve(one: Believed, message: string): Promise<boolean> {
    one.attempt = afterLostReply(one.attempt, message) ?? one.attempt
    const { clientId } = this.definition.capabilities
    let absentSince: number | null = null
    const until = performance.now() + resolveWithinMs
    while (performance.now() < until) {
      // Evidence may have come by the stream.
      if (one.attempt.state !== 'unknown') return false
      const looked = performance.now()
      const found = await this.lookUp.execute({ session: this.session } as AccountSession, one.attempt)
      if (found.ok && found.value !== null) {
        this.take(one, found.value)
        return false
      }
      if (found.ok) {
        absentSince ??= looked
        const verdict = absenceVerdict({
          uniqueness: clientId.uniqueness,
          readLagMs: this.definition.paperReadLagMs,
          absentMs: performance.now() - absentSince,
          provedAtVenue: one.proved,
          unwanted: false,
        })
        if (verdict === 'submit-again') return true
        if (verdict === 'never-arrived') break
      } else absentSince = null
      await delay(lookEveryMs)
    }
    this.refuse(one, 'NEVER_ARRIVED', 'The venue has no such order.')
    return false
  }

  private async read(one: Believed): Promise<void> {
    const looked = performance.now()
    const found = await this.lookUp.execute({ session: this.session } as AccountSession, one.attempt)
    if (!found.ok) return
    if (found.value !== null) {
      one.missingSinceMs = null
      this.take(one, found.value)
    } else if (one.attempt.state === 'accepted') this.miss(one, looked)
  }

  /** As reconciliation does it: what has been accepted and is shown by no look for the read lag has ended. */
  private miss(one: Believed, nowMs: number): void {
    one.missingSinceMs ??= nowMs
    if (nowMs - one.missingSinceMs < this.definition.paperReadLagMs) return
    const { clientOrderId, symbol } = one.order
    const { venueOrderId, filledQuantity, averagePrice, fee, feeCurrency } = one.attempt
    const told = { clientOrderId, venueOrderId, symbol, filledQuantity, averagePrice, fee, feeCurrency }
    this.take(one, { ...told, status: 'expired', executedAt: null, message: null })
  }

  private take(one: Believed, news: VenueOrder): void {
    one.attempt = afterVenueOrder(one.attempt, news, new Date(Date.now() + clocksApartMs)) ?? one.attempt
  }

  private refuse(one: Believed, code: string, message: string): void {
    one.attempt = afterRefusal(one.attempt, { code, message }, new Date()) ?? one.attempt
  }

  private referenceOf({ order, attempt }: Believed) {
    const { clientOrderId, symbol, type } = order
    return { clientOrderId, venueOrderId: attempt.venueOrderId, symbol, type }
  }
}
