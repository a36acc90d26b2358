import { type RateLimitedError, rateLimited } from '@tradewire/broker-kit/broker-error'
import { err, ok } from '@tradewire/kernel/result'
import { describe, expect, it } from 'vitest'
import { RateBudget } from '#domain/sending/rate-budget'
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

describe('leverages of many accounts at once', () => {
  it('are set within the budget: those beyond it are left for later, with what is kept for exits', async () => {
    const budget = new RateBudget([{ name: 'weight', scope: 'egress', capacity: 10, intervalMs: 60_000 }], 0)
    const means = { spend: (weight: number) => budget.spendRead(weight, 0), close: () => undefined }
    let asked = 0
    const inner = { setLeverage: () => Promise.resolve(ok(void (asked += 1))) }
    const session = () => new BudgetedSession(inner as never, {} as never, means, (_, work) => work())
    const set = await Promise.all(Array.from({ length: 12 }, () => session().setLeverage('BTC/USDT', 5)))
    expect(asked).toBe(9)
    expect(set.flatMap((each) => (each.ok ? [] : [each.error.kind]))).toEqual(['not-sent', 'not-sent', 'not-sent'])
  })
})
