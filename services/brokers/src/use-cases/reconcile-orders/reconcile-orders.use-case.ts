/**
 * Reads an account's open orders at the venue again and publishes what is different. Called after take-over,
 * after each reconnect and on a timer. Must never trade: it only learns.
 */
// tidy-allow ratchet-use-case-methods: one pass, asked for at take-over, at reconnect and by the timer
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { type AccountSession, Sessions } from '#ports/sessions.port'
import { Desk, type OpenAttempt } from '#domain/desk'
import { ApplyEvidence } from '../apply-evidence/apply-evidence.use-case.ts'

const accountsAtOnceMax = 16
/** Without a stream an account's open orders are read this much more often. */
const withoutStreamFactor = 6
const feeOverdueMs = 3_000
const retryMs = 2_000

@Injectable()
export class ReconcileOrders {
  private readonly running = new Map<string, Promise<boolean>>()
  private readonly passedAtMs = new Map<string, number>()
  private reading = 0
  private readonly waiting: (() => void)[] = []

  constructor(
    private readonly desk: Desk,
    private readonly sessions: Sessions,
    private readonly evidence: ApplyEvidence,
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** Entries of the account wait until a pass has succeeded (rule R15). */
  async beforeEntries(accountId: string): Promise<void> {
    const open = this.openOf(accountId)
    const [first] = open
    if (first === undefined) return
    const { venue } = first.attempt.command
    const lanes = this.desk.lanesOf(venue)
    lanes.holdEntries(accountId)
    try {
      while (!(await this.pass(accountId)) && this.openOf(accountId).length > 0) {
        await new Promise((resolve) => setTimeout(resolve, retryMs).unref())
      }
    } finally {
      lanes.releaseEntries(accountId)
      this.desk.wake(venue)
    }
  }

  /** The timer's turn: every account that is due, and orders whose fee is still untold. */
  async execute(everyMs: number): Promise<void> {
    const nowMs = this.clock.monotonicMs()
    const due = this.desk.accountsWithAttempts().filter((accountId) => {
      const streaming = this.sessions.known(accountId)?.session.health().streaming ?? false
      const passedMs = nowMs - (this.passedAtMs.get(accountId) ?? 0)
      return this.openOf(accountId).length > 0 && passedMs >= (streaming ? everyMs : everyMs / withoutStreamFactor)
    })
    await Promise.all(due.map((accountId) => this.pass(accountId)))
    await Promise.all(this.evidence.withoutFee(feeOverdueMs).map((one) => this.readOne(one)))
  }

  /** One pass; false when the venue could not be read. Passes of one account share. */
  pass(accountId: string): Promise<boolean> {
    const running = this.running.get(accountId)
    if (running !== undefined) return running
    const work = this.withSlot(() => this.read(accountId))
      .catch((error: unknown) => {
        this.logger.warn({ err: error, accountId }, 'reading open orders failed')
        return false
      })
      .finally(() => this.running.delete(accountId))
    this.running.set(accountId, work)
    return work
  }

  /** Orders that the venue has confirmed; lost ones are the resolver's. */
  private openOf(accountId: string): readonly OpenAttempt[] {
    return this.desk.ofAccount(accountId).filter(({ attempt }) => attempt.state === 'accepted')
  }

  private async read(accountId: string): Promise<boolean> {
    const open = this.openOf(accountId)
    if (open.length === 0) return true
    const opened = await this.sessions.get(accountId)
    if (!opened.ok) return false
    const listed = await opened.value.session.openOrders()
    if (!listed.ok) return false
    const orders = new Map(listed.value.map((order) => [order.clientOrderId, order]))
    let complete = true
    for (const one of open) {
      const order = orders.get(one.attempt.clientOrderId)
      if (order !== undefined) this.evidence.venueOrder(one, order)
      else complete = (await this.readSingle(one, opened.value)) && complete
    }
    if (complete) this.passedAtMs.set(accountId, this.clock.monotonicMs())
    return complete
  }

  private async readOne(one: OpenAttempt): Promise<void> {
    const opened = await this.sessions.get(one.attempt.command.accountId)
    if (opened.ok) await this.readSingle(one, opened.value)
  }

  private async readSingle(one: OpenAttempt, { session }: AccountSession): Promise<boolean> {
    const { command, clientOrderId, venueOrderId } = one.attempt
    const found = await session.findByClientId({
      clientOrderId,
      venueOrderId,
      symbol: command.symbol,
      type: command.type,
    })
    if (!found.ok) return false
    if (found.value !== null) this.evidence.venueOrder(one, found.value)
    else this.logger.warn({ intentId: command.intentId }, 'the venue does not know an order that it had accepted')
    return true
  }

  private async withSlot<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.reading >= accountsAtOnceMax) await new Promise<void>((resolve) => this.waiting.push(resolve))
    this.reading += 1
    try {
      return await work()
    } finally {
      this.reading -= 1
      this.waiting.shift()?.()
    }
  }
}
