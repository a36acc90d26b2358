/**
 * What is known of a payment. Facts only grow: whichever order, however often and however late a provider tells them,
 * they come to the same. Called for every look at a provider's payment. Must never forget money that moved.
 */
import type { PaymentStatus } from '@tradewire/contracts/rpc/billing/payments'

/** How far it has come. A payment that failed may still succeed: the payer tries another card. */
export const progressSteps = ['created', 'needs-action', 'processing', 'failed', 'succeeded'] as const
export type Progress = (typeof progressSteps)[number]

/** `undone`: the provider could not give it back after all. */
export const refundStages = ['made', 'undone'] as const
export type RefundStage = (typeof refundStages)[number]

/** The provider takes the money when a dispute opens; it comes back when the dispute is won. */
export const disputeStages = ['open', 'lost', 'won'] as const
export type DisputeStage = (typeof disputeStages)[number]

export interface Part<Stage> {
  readonly minor: bigint
  readonly stage: Stage
}

export interface PaymentFacts {
  readonly progress: Progress
  /** Why it failed, in the provider's words; the first one told. */
  readonly failure: string | null
  readonly capturedMinor: bigint
  /** What the provider keeps of it. */
  readonly feeMinor: bigint
  /** By the provider's id. */
  readonly refunds: Readonly<Record<string, Part<RefundStage>>>
  readonly disputes: Readonly<Record<string, Part<DisputeStage>>>
}

export const nothingKnown: PaymentFacts = {
  progress: 'created',
  failure: null,
  capturedMinor: 0n,
  feeMinor: 0n,
  refunds: {},
  disputes: {},
}

/** What no provider can mean, such as a payment of nothing that succeeded. Nothing of it is taken in: people look at it. */
export function isAbsurd({ progress, capturedMinor, refunds, disputes }: PaymentFacts): boolean {
  const parts = [...Object.values(refunds), ...Object.values(disputes)]
  const isBelowNothing = capturedMinor < 0n || parts.some(({ minor }) => minor < 0n)
  return isBelowNothing || (progress === 'succeeded' && capturedMinor === 0n)
}

/** All that is in either. */
export function learned(known: PaymentFacts, seen: PaymentFacts): PaymentFacts {
  return {
    progress: later(progressSteps, known.progress, seen.progress),
    failure: smaller(known.failure, seen.failure),
    capturedMinor: larger(known.capturedMinor, seen.capturedMinor),
    feeMinor: larger(known.feeMinor, seen.feeMinor),
    refunds: learnedParts(refundStages, known.refunds, seen.refunds),
    disputes: learnedParts(disputeStages, known.disputes, seen.disputes),
  }
}

/** One word for people. */
export function statusOf(facts: PaymentFacts): PaymentStatus {
  if (facts.progress !== 'succeeded') return facts.progress
  const disputes = Object.values(facts.disputes)
  if (disputes.some(({ stage }) => stage === 'open')) return 'disputed'
  if (disputes.some(({ stage }) => stage === 'lost')) return 'charged-back'
  const refunded = refundedMinor(facts)
  if (refunded === 0n) return 'succeeded'
  return refunded < facts.capturedMinor ? 'partly-refunded' : 'refunded'
}

export function refundedMinor({ refunds }: PaymentFacts): bigint {
  return totalAt(refunds, 'made')
}

/** What the payer has got back, by refunds and by disputes that were lost. */
export function givenBackMinor(facts: PaymentFacts): bigint {
  return refundedMinor(facts) + totalAt(facts.disputes, 'lost')
}

function totalAt<Stage>(parts: Readonly<Record<string, Part<Stage>>>, wanted: Stage): bigint {
  return Object.values(parts).reduce((total, { minor, stage }) => (stage === wanted ? total + minor : total), 0n)
}

function learnedParts<Stage>(
  stages: readonly Stage[],
  known: Readonly<Record<string, Part<Stage>>>,
  seen: Readonly<Record<string, Part<Stage>>>,
): Readonly<Record<string, Part<Stage>>> {
  const parts: Record<string, Part<Stage>> = { ...known }
  for (const [id, part] of Object.entries(seen)) {
    const before = parts[id]
    if (before === undefined) parts[id] = part
    else parts[id] = { minor: larger(before.minor, part.minor), stage: later(stages, before.stage, part.stage) }
  }
  return parts
}

function later<Step>(steps: readonly Step[], left: Step, right: Step): Step {
  return steps.indexOf(left) >= steps.indexOf(right) ? left : right
}

function larger(left: bigint, right: bigint): bigint {
  return left >= right ? left : right
}

/** Any rule would do that does not depend on which was told first. */
function smaller(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right
  return left <= right ? left : right
}
