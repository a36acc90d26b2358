import { type RateLimitedError, rateLimited } from '@tradewire/broker-kit/broker-error'
import { err } from '@tradewire/kernel/result'
import { describe, expect, it } from 'vitest'
import { BudgetedSession } from './budgeted-session.client.ts'

const reference = { clientOrderId: 'c', venueOrderId: null, symbol: 'BTC/USDT', type: 'limit' } as const

describe('a venue that was asked too much', () => {
  it('is left alone for as long as it has said, also where a cancel was what it refused', async () => {
    const refusal = rateLimited(1_000, 'too many requests')
    const closed: RateLimitedError[] = []
    const budget = { spend: () => 0, close: (limited: RateLimitedError) => void closed.push(limited) }
    const inner = { cancel: () => Promise.resolve(err(refusal)) }
    const session = new BudgetedSession(inner as never, {} as never, budget, (_, work) => work())
    expect(await session.cancel(reference)).toEqual(err(refusal))
    expect(closed).toEqual([refusal])
  })
})
