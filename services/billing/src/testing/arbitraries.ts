/** Payments and subscriptions as any provider might tell of them, for property tests. Called by specs only. */
import fc from 'fast-check'
import { disputeStages, progressSteps, refundStages, type PaymentFacts } from '../domain/payments/payment.ts'
import type { SubscriptionFacts } from '../domain/subscriptions/subscription.ts'

const amount = fc.bigInt({ min: 1n, max: 100_000n })
const partsMax = 3

function parts<Stage>(stages: readonly Stage[], name: string) {
  const id = fc.integer({ min: 1, max: partsMax }).map((number) => `${name}_${number}`)
  return fc.dictionary(id, fc.record({ minor: amount, stage: fc.constantFrom(...stages) }), { maxKeys: partsMax })
}

export const anyFacts: fc.Arbitrary<PaymentFacts> = fc.record({
  progress: fc.constantFrom(...progressSteps),
  failure: fc.option(fc.constantFrom('card_declined', 'expired_card')),
  capturedMinor: fc.oneof(fc.constant(0n), amount),
  feeMinor: fc.oneof(fc.constant(0n), amount),
  refunds: parts(refundStages, 're'),
  disputes: parts(disputeStages, 'dp'),
})

/** From 2026 on, in whole days. */
export const anyDay = fc.integer({ min: 0, max: 120 }).map((days) => new Date(Date.UTC(2026, 0, 1 + days)))

export const anySubscription: fc.Arbitrary<SubscriptionFacts> = fc.record({
  paidThrough: fc.option(anyDay),
  failedFrom: fc.option(anyDay),
  endsAt: fc.option(anyDay),
})
