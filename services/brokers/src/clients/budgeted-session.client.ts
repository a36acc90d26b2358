/**
 * A session whose reads spend the venue's budget first, and whose orders and cancels are timed. Made by the session
 * registry around each adapter's session.
 * Orders and cancels have spent theirs in the lanes; this must never hold them up. What an order's refusal says of the
 * budget its outcome settles.
 */
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import {
  type BrokerError,
  notSent,
  rateLimited,
  type RateLimitedError,
  unsupported,
} from '@tradewire/broker-kit/broker-error'
import type {
  BrokerSession,
  KeyFacts,
  OrderReference,
  SessionHealth,
  SessionListener,
  VenueBalance,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenuePosition,
  VenueRate,
} from '@tradewire/broker-kit/broker-session'
import type { ReadWeights } from '@tradewire/broker-kit/define-broker'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { setTimeout as delay } from 'node:timers/promises'

export interface ReadBudget {
  /** 0 and spent, or how many milliseconds to wait. */
  spend(weight: number): number
  close(limited: RateLimitedError): void
}

type Answer<Value> = Promise<Result<Value, BrokerError>>

/** Makes a call and notes how long its answer took. */
export type Timed = <Value>(call: 'submit' | 'cancel', work: () => Answer<Value>) => Answer<Value>

const waitMostMs = 1_000
/** At every venue of this release that has one to set. */
const leverageWeight = 1

function noPrices(): Answer<readonly VenueRate[]> {
  return Promise.resolve(err(unsupported('prices', 'the venue is asked for no prices')))
}

export class BudgetedSession implements BrokerSession {
  constructor(
    private readonly inner: BrokerSession,
    private readonly weights: ReadWeights,
    private readonly budget: ReadBudget,
    private readonly timed: Timed,
  ) {}

  submit(order: ApprovedOrder): Answer<VenueOrder> {
    return this.timed('submit', () => this.inner.submit(order))
  }

  cancel(reference: OrderReference): Answer<VenueOrder> {
    return this.asked(() => this.timed('cancel', () => this.inner.cancel(reference)))
  }

  setLeverage(symbol: string, leverage: number): Answer<undefined> {
    // Waiting here would keep the account's exits waiting: the entry that needs it comes again.
    if (this.budget.spend(leverageWeight) > 0) return Promise.resolve(err(notSent('the budget of requests is spent')))
    return this.asked(() => this.inner.setLeverage(symbol, leverage))
  }

  findByClientId(reference: OrderReference): Answer<VenueOrder | null> {
    return this.read(this.weights.order, () => this.inner.findByClientId(reference))
  }

  openOrders(): Answer<readonly VenueOrder[]> {
    return this.read(this.weights.openOrders, () => this.inner.openOrders())
  }

  positions(): Answer<readonly VenuePosition[]> {
    return this.read(this.weights.positions, () => this.inner.positions())
  }

  balances(): Answer<readonly VenueBalance[]> {
    return this.read(this.weights.balances, () => this.inner.balances())
  }

  fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    return this.read(this.weights.fills, () => this.inner.fillsSince(symbol, since))
  }

  server(): Answer<string> {
    return this.inner.server?.() ?? Promise.resolve(err(unsupported('instrumentsPer', 'all of the venue is one')))
  }

  instruments(): Answer<readonly VenueInstrument[]> {
    return this.inner.instruments()
  }

  rates(): Answer<readonly VenueRate[]> {
    return this.read(this.weights.rates, () => this.inner.rates())
  }

  prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    if (this.inner.prices === undefined) return noPrices()
    // A late price is worth nothing, and the next look is soon.
    const waitMs = this.budget.spend(this.weights.rates)
    if (waitMs > 0) return Promise.resolve(err(rateLimited(waitMs, 'the budget for reads is spent')))
    return this.asked(() => this.inner.prices!(symbols))
  }

  keyFacts(): Answer<KeyFacts> {
    return this.inner.keyFacts()
  }

  settingsProblem(): Answer<string | null> {
    return this.inner.settingsProblem?.() ?? Promise.resolve(ok(null))
  }

  events(listener: SessionListener): () => void {
    return this.inner.events(listener)
  }

  health(): SessionHealth {
    return this.inner.health()
  }

  close(): Promise<void> {
    return this.inner.close()
  }

  private async read<Value>(weight: number, work: () => Answer<Value>): Answer<Value> {
    for (let waitMs = this.budget.spend(weight); waitMs > 0; waitMs = this.budget.spend(weight)) {
      await delay(Math.min(waitMs, waitMostMs))
    }
    return this.asked(work)
  }

  private async asked<Value>(work: () => Answer<Value>): Answer<Value> {
    const answer = await work()
    if (!answer.ok && answer.error.kind === 'rate-limited') this.budget.close(answer.error)
    return answer
  }
}
