import { orderSubmit } from '@tradewire/contracts/events/orders'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { newAttempt } from '#domain/attempt/attempt'
import { Desk, openAttempt, type OpenAttempt } from '#domain/sending/desk'
import { RunLanes } from './run-lanes.use-case.ts'

const example = { ...orderSubmit.data.parse(orderSubmit.example), venue: 'paper' as const, purpose: 'stop' as const }
const at = new Date('2026-01-01T00:00:00Z')
const markRetryMs = 250

describe('the lanes of a venue', () => {
  let desk: Desk
  let cancelled: string[]
  let refuseMark: () => void

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    desk = new Desk({ all: 1, exits: 0 })
    cancelled = []
    const gate = {
      spend: () => 0,
      needsMark: () => true,
      mark: () => new Promise((_, reject) => (refuseMark = () => reject(new Error('the database is away')))),
    }
    const cancels = { run: (one: OpenAttempt) => Promise.resolve(cancelled.push(one.attempt.command.intentId)) }
    new RunLanes(desk, gate as never, undefined as never, cancels as never, { warn: () => undefined } as never)
  })

  afterEach(() => vi.useRealTimers())

  function opened(intentId: string): OpenAttempt {
    const attempt = newAttempt({
      command: { ...example, intentId },
      clientOrderId: intentId,
      partition: 0,
      receivedAt: at,
    })
    const one = openAttempt(attempt, '1', null)
    desk.add(one)
    return one
  }

  const settled = (): Promise<void> => new Promise(setImmediate)

  it('go on behind an order that was cancelled while its mark could not be stored', async () => {
    const standing = opened('standing')
    const waiting = opened('waiting')
    desk.enqueue(waiting, 'submit')
    await settled()
    desk.enqueue(standing, 'cancel')
    desk.forget(waiting)
    refuseMark()
    await settled()
    vi.advanceTimersByTime(markRetryMs)
    await settled()
    expect(cancelled).toEqual(['standing'])
  })
})
