/**
 * Token buckets for a venue's budgets. Pure: called by placement and reads with the time of now.
 * Must never go below zero, and keeps a share for exits: entries cannot spend the last tokens.
 */
import type { RateLimit } from '@tradewire/broker-kit/define-broker'

const exitReserveShare = 0.1
const noBuckets: readonly TokenBucket[] = []

export class TokenBucket {
  private tokens: number
  private refilledAtMs: number
  private closedUntilMs = 0

  constructor(
    private readonly capacity: number,
    private readonly intervalMs: number,
    nowMs: number,
  ) {
    this.tokens = capacity
    this.refilledAtMs = nowMs
  }

  /** Milliseconds until so many tokens may be taken; 0 takes nothing yet but says that it may be done now. */
  waitMs(cost: number, exit: boolean, nowMs: number): number {
    this.refill(nowMs)
    const reserve = exit ? 0 : this.capacity * exitReserveShare
    const missing = cost + reserve - this.tokens
    const forTokens = missing <= 0 ? 0 : Math.ceil((missing * this.intervalMs) / this.capacity)
    return Math.max(forTokens, this.closedUntilMs - nowMs, 0)
  }

  take(cost: number): void {
    this.tokens = Math.max(0, this.tokens - cost)
  }

  /** The venue said no: nothing is taken before this moment. */
  closeUntil(momentMs: number): void {
    this.closedUntilMs = Math.max(this.closedUntilMs, momentMs)
    this.tokens = 0
  }

  private refill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.refilledAtMs)
    this.refilledAtMs = nowMs
    this.tokens = Math.min(this.capacity, this.tokens + (elapsedMs * this.capacity) / this.intervalMs)
  }
}

/** All budgets of one venue for one egress address: the shared ones and each account's own. */
export class RateBudget {
  private readonly egress: readonly TokenBucket[]
  private readonly accountLimits: readonly RateLimit[]
  private readonly accounts = new Map<string, readonly TokenBucket[]>()
  private readonly closedAccounts = new Map<string, number>()
  private closedUntilMs = 0

  constructor(limits: readonly RateLimit[], nowMs: number) {
    this.accountLimits = limits.filter(({ scope }) => scope === 'account')
    this.egress = limits.filter(({ scope }) => scope === 'egress').map((limit) => bucketOf(limit, nowMs))
  }

  /** 0 and spent, or how long to wait. */
  spend(accountId: string, cost: number, exit: boolean, nowMs: number): number {
    const closedMs = (this.closedAccounts.get(accountId) ?? 0) - nowMs
    if (closedMs > 0) return closedMs
    this.closedAccounts.delete(accountId)
    const own = this.accountBuckets(accountId, nowMs)
    return this.spendFrom(own.length === 0 ? this.egress : [...this.egress, ...own], cost, exit, nowMs)
  }

  /** As spend, for reads: they do not count as orders and leave the exits' share alone. */
  spendRead(cost: number, nowMs: number): number {
    return this.spendFrom(this.egress, cost, false, nowMs)
  }

  /** The venue answered 429 or the like: all of its accounts behind this address wait. */
  close(retryAfterMs: number, nowMs: number): void {
    this.closedUntilMs = Math.max(this.closedUntilMs, nowMs + retryAfterMs)
    for (const bucket of this.egress) bucket.closeUntil(this.closedUntilMs)
  }

  /** The venue counted the orders of this account alone: the others go on. */
  closeAccount(accountId: string, retryAfterMs: number, nowMs: number): void {
    this.closedAccounts.set(accountId, Math.max(this.closedAccounts.get(accountId) ?? 0, nowMs + retryAfterMs))
  }

  private spendFrom(buckets: readonly TokenBucket[], cost: number, exit: boolean, nowMs: number): number {
    let waitMs = Math.max(0, this.closedUntilMs - nowMs)
    for (const bucket of buckets) waitMs = Math.max(waitMs, bucket.waitMs(cost, exit, nowMs))
    if (waitMs === 0) for (const bucket of buckets) bucket.take(cost)
    return waitMs
  }

  private accountBuckets(accountId: string, nowMs: number): readonly TokenBucket[] {
    if (this.accountLimits.length === 0) return noBuckets
    const known = this.accounts.get(accountId) ?? this.accountLimits.map((limit) => bucketOf(limit, nowMs))
    this.accounts.set(accountId, known)
    return known
  }
}

function bucketOf(limit: RateLimit, nowMs: number): TokenBucket {
  return new TokenBucket(limit.capacity, limit.intervalMs, nowMs)
}
