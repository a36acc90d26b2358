import { type BrokerError, rateLimited } from '@tradewire/broker-kit/broker-error'
import { nothingExecuted, type VenueOrder, type VenueOrderStatus } from '@tradewire/broker-kit/broker-session'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { newAttempt } from '#domain/attempt/attempt'
import { Desk, openAttempt, type OpenAttempt } from '#domain/sending/desk'
import { ApplyEvidence } from '../apply-evidence/apply-evidence.use-case.ts'
import { CancelOrders } from './cancel-orders.use-case.ts'

const example = { ...orderSubmit.data.parse(orderSubmit.example), venue: 'paper' as const }
const at = new Date('2026-01-01T00:00:00Z')
const retryMs = 250

function told(status: VenueOrderStatus): Result<VenueOrder, BrokerError> {
  const { symbol } = example
  return ok({ ...nothingExecuted, clientOrderId: 'c', venueOrderId: '7', symbol, status, message: null })
}

describe('cancelling an order', () => {
  let desk: Desk
  let one: OpenAttempt
  let answers: Result<VenueOrder, BrokerError>[]
  let finds: number
  let orders: CancelOrders

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    desk = new Desk({ all: 1, exits: 0 })
    const attempt = newAttempt({ command: example, clientOrderId: 'c', partition: 0, receivedAt: at })
    one = openAttempt({ ...attempt, state: 'accepted', venueOrderId: '7' }, '1', null)
    desk.add(one)
    finds = 0
    const find = () => {
      finds += 1
      return Promise.resolve(told('working'))
    }
    const session = { cancel: () => Promise.resolve(answers.shift()), findByClientId: find }
    const sessions = { get: () => Promise.resolve(ok({ session })) }
    const writer = { deferWhile: () => undefined, write: () => undefined }
    const evidence = new ApplyEvidence(desk, writer as never, undefined as never, new ManualClock())
    const logger = { error: (fields: { readonly err: unknown }) => expect(fields.err).toBeUndefined() }
    orders = new CancelOrders(desk, sessions as never, evidence, logger as never)
    orders.request(example.intentId)
    desk.lanesOf(example.venue).take(1)
  })

  afterEach(() => vi.useRealTimers())

  /** As the lanes do it. */
  async function run(): Promise<void> {
    await orders.run(one)
    desk.lanesOf(example.venue).done(example.accountId)
  }

  const waiting = (): number => desk.lanesOf(example.venue).queued

  it('is tried again while the venue that took the cancel still shows it working', async () => {
    answers = [told('working'), told('cancelled')]
    await run()
    vi.advanceTimersByTime(retryMs)
    expect([one.attempt.state, waiting()]).toEqual(['accepted', 1])
    await run()
    expect(one.attempt.state).toBe('cancelled')
  })

  it('asks nothing more of a venue that was asked too much', async () => {
    answers = [err(rateLimited(1_000, 'too many requests'))]
    await run()
    expect(finds).toBe(0)
    vi.advanceTimersByTime(retryMs)
    expect(waiting()).toBe(1)
  })
})
