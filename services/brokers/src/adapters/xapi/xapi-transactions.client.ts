/**
 * Transactions and what becomes of them: the venue takes each at once and decides later. Called by the session.
 * Must never call one refused unless the venue has said that it was rejected.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import { numberOf } from '@tradewire/kernel/exact-json'
import type { Clock } from '@tradewire/kernel/clock'
import { err, ok } from '@tradewire/kernel/result'
import { setTimeout as delay } from 'node:timers/promises'
import { rejectionOf } from './xapi-error.map.ts'
import type { Answer, XapiMain } from './xapi-main.client.ts'
import { requestStatus, statusRecord, type StatusRecord, transactionReply } from './xapi-records.wire.ts'

/** Amounts are decimal text. All fields are always said: the venue's defaults differ from client to client. */
export interface TransactionInfo {
  readonly cmd: number
  readonly type: number
  readonly symbol: string
  readonly volume: string
  readonly price: string
  readonly sl: string
  readonly tp: string
  /** The position or pending order that it is about; zero for a new one. */
  readonly order: string
  readonly customComment: string
}

const statusesMax = 5_000
const pollFirstMs = 300
const pollEveryMs = 500

export class XapiTransactions {
  private readonly told = new Map<number, StatusRecord>()
  private readonly wakers = new Set<() => void>()

  constructor(
    private readonly main: XapiMain,
    private readonly clock: Clock,
    private readonly decidedWithinMs: number,
  ) {}

  /** From the stream. */
  tell(status: StatusRecord): void {
    this.told.set(status.order, status)
    const [oldest] = this.told.keys()
    if (this.told.size > statusesMax && oldest !== undefined) this.told.delete(oldest)
    this.wake()
  }

  /** Something new was told: whoever waits looks again. */
  wake(): void {
    for (const waker of this.wakers) waker()
  }

  /** The transaction's number once the venue has executed it. `onNumber` hears it as soon as there is one. */
  async run(info: TransactionInfo, onNumber: (order: number) => void = () => undefined): Answer<number> {
    const { volume, price, sl, tp, order: about, ...rest } = info
    const amounts = { volume: numberOf(volume), price: numberOf(price), sl: numberOf(sl), tp: numberOf(tp) }
    const tradeTransInfo = { ...rest, ...amounts, order: numberOf(about), offset: 0, expiration: 0 }
    const request = { command: 'tradeTransaction', arguments: { tradeTransInfo }, kind: 'place' } as const
    const taken = await this.main.request(request, transactionReply)
    if (!taken.ok) return taken
    const { order } = taken.value
    onNumber(order)
    return this.decided(order)
  }

  /** Resolves with what `read` gives, or undefined when nothing came in time; looks again at each piece of news. */
  async until<Value>(read: () => Value | undefined, withinMs: number): Promise<Value | undefined> {
    const endsAtMs = this.clock.monotonicMs() + withinMs
    for (;;) {
      const value = read()
      const leftMs = endsAtMs - this.clock.monotonicMs()
      if (value !== undefined || leftMs <= 0) return value
      await this.news(leftMs)
    }
  }

  private async news(withinMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.wakers.add(resolve)
    const timer = setTimeout(resolve, withinMs)
    await promise
    clearTimeout(timer)
    this.wakers.delete(resolve)
  }

  private async decided(order: number): Answer<number> {
    const endsAtMs = this.clock.monotonicMs() + this.decidedWithinMs
    for (let waitMs = pollFirstMs; this.clock.monotonicMs() < endsAtMs; waitMs = pollEveryMs) {
      const told = await this.until(() => this.final(order), waitMs)
      if (told !== undefined) return verdictOf(told)
      const request = { command: 'tradeTransactionStatus', arguments: { order }, kind: 'read' } as const
      const asked = await this.main.request(request, statusRecord)
      if (asked.ok && asked.value.order === order && isFinal(asked.value)) return verdictOf(asked.value)
      if (!asked.ok) await delay(pollFirstMs)
    }
    return err(brokerError.outcomeUnknown(`transaction ${order} was taken and not decided in time`))
  }

  private final(order: number): StatusRecord | undefined {
    const told = this.told.get(order)
    return told !== undefined && isFinal(told) ? told : undefined
  }
}

function isFinal({ requestStatus: status }: StatusRecord): boolean {
  return status !== requestStatus.pending
}

function verdictOf(status: StatusRecord): Awaited<Answer<number>> {
  if (status.requestStatus === requestStatus.accepted) return ok(status.order)
  if (status.requestStatus === requestStatus.rejected) return err(rejectionOf(status.message))
  return err(brokerError.outcomeUnknown(status.message ?? `transaction ${status.order} ended in an error`))
}
