/**
 * When each account is reconciled next, spread over the interval by chance. Pure but for its state: called by
 * watch-accounts with each tick. Must never spend more of a venue's budget on looking than orders can spare.
 */
import type { BrokerDefinition, BrokerEnvironment } from '@tradewire/broker-kit/define-broker'

/** Of the budget that all accounts of an address share; what is left belongs to orders and other reads. */
const budgetShare = 0.3
/** An account without orders and positions of ours is read so much less often. */
const idleFactor = 10
/** Without a stream nothing tells of fills but these reads. */
const withoutStreamFactor = 6
/** The first pass comes with the stream, or without it after so long. */
const streamWaitMs = 3_000
const retryFirstMs = 1_000
const retryMostMs = 30_000
/** Shorter than this, a stream is said to have been there all the time: the venue keeps what it tells for longer. */
const silenceMaxMs = 2_000

export interface PassMeans {
  readonly nowMs: () => number
  /** Uniform in [0, 1). */
  readonly fraction: () => number
  /** Budgets count for paper accounts too. */
  readonly paperRateLimits: boolean
}

export interface PassLoad {
  readonly everyMs: number
  /** Accounts that share the budget. */
  readonly accounts: number
  readonly environment: BrokerEnvironment
}

export interface AccountPace {
  /** It has orders of ours, or a position. */
  readonly active: boolean
  readonly streaming: boolean
}

interface Turn {
  /** To be done whatever the interval says; null when the interval decides. */
  urgentAtMs: number | null
  passedAtMs: number | null
  failures: number
  downAtMs: number | null
  /** On this account, since its last pass began. */
  othersTraded: boolean
  /** Share of the interval after which the next pass comes. */
  share: number
}

export class PassSchedule {
  private readonly turns = new Map<string, Turn>()

  constructor(private readonly means: PassMeans) {}

  opened(accountId: string, streams: boolean): void {
    const urgentAtMs = this.means.nowMs() + (streams ? streamWaitMs : 0)
    // Accounts connected together are read together once; the second pass is anywhere in the interval.
    const share = this.means.fraction()
    this.turns.set(accountId, { urgentAtMs, passedAtMs: null, failures: 0, downAtMs: null, othersTraded: false, share })
  }

  /** Orders wait for the first pass: it does not wait for the stream, which brings another one. */
  hurry(accountId: string): void {
    const turn = this.turns.get(accountId)
    if (turn?.passedAtMs === null && turn.failures === 0) turn.urgentAtMs = this.means.nowMs()
  }

  streamDown(accountId: string): void {
    const turn = this.turns.get(accountId)
    if (turn !== undefined) turn.downAtMs ??= this.means.nowMs()
  }

  /** What was missed is to be read now. True after a silence in which anything may have happened. */
  streamUp(accountId: string): boolean {
    const turn = this.turns.get(accountId)
    if (turn === undefined) return false
    const silenceMs = turn.downAtMs === null ? 0 : this.means.nowMs() - turn.downAtMs
    turn.downAtMs = null
    turn.urgentAtMs = this.means.nowMs()
    return silenceMs > silenceMaxMs
  }

  othersTraded(accountId: string): void {
    const turn = this.turns.get(accountId)
    if (turn !== undefined) turn.othersTraded = true
  }

  haveOthersTraded(accountId: string): boolean {
    return this.turns.get(accountId)?.othersTraded === true
  }

  /** What others trade from now on may not be in it. */
  began(accountId: string): void {
    const turn = this.turns.get(accountId)
    if (turn !== undefined) turn.othersTraded = false
  }

  isDue(accountId: string, periodMs: number): boolean {
    const turn = this.turns.get(accountId)
    if (turn === undefined) return true
    const nowMs = this.means.nowMs()
    if (turn.urgentAtMs !== null) return nowMs >= turn.urgentAtMs
    return turn.passedAtMs === null || nowMs - turn.passedAtMs >= periodMs * turn.share
  }

  /** `lookAgainMs` when something must be seen a second time. */
  passed(accountId: string, lookAgainMs: number | null): void {
    const nowMs = this.means.nowMs()
    const before = this.turns.get(accountId)
    const share = before?.passedAtMs === null ? before.share : 0.8 + 0.4 * this.means.fraction()
    this.turns.set(accountId, {
      urgentAtMs: lookAgainMs === null ? null : nowMs + lookAgainMs,
      passedAtMs: nowMs,
      failures: 0,
      downAtMs: before?.downAtMs ?? null,
      othersTraded: before?.othersTraded ?? false,
      share,
    })
  }

  failed(accountId: string): void {
    const turn = this.turns.get(accountId)
    if (turn === undefined) return
    const waitMs = Math.min(retryMostMs, retryFirstMs * 2 ** Math.min(turn.failures, 5))
    turn.failures += 1
    turn.urgentAtMs = this.means.nowMs() + waitMs * (0.5 + 0.5 * this.means.fraction())
  }

  forget(accountId: string): void {
    this.turns.delete(accountId)
  }

  known(): readonly string[] {
    return [...this.turns.keys()]
  }

  /** However active an account and however large its budget, the pause between two passes is no shorter. */
  leastPeriodMs(everyMs: number): number {
    return everyMs / withoutStreamFactor
  }

  /** The pause between two passes over one account. */
  periodMs(
    { rateLimits, readWeights }: Pick<BrokerDefinition, 'rateLimits' | 'readWeights'>,
    { everyMs, accounts, environment }: PassLoad,
    { active, streaming }: AccountPace,
  ): number {
    const wantedMs = active ? (streaming ? everyMs : everyMs / withoutStreamFactor) : everyMs * idleFactor
    if (environment === 'paper' && !this.means.paperRateLimits) return wantedMs
    const weight = readWeights.openOrders + readWeights.positions
    const affordableMs = rateLimits
      .filter(({ scope }) => scope === 'egress')
      .map(({ capacity, intervalMs }) => (accounts * weight * intervalMs) / (capacity * budgetShare))
    return Math.max(wantedMs, ...affordableMs)
  }
}
