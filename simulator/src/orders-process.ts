/**
 * One process of `orders`: the service's own use cases for what brokers tell, closing and waking, on stores in memory.
 * Called by the world, which starts and kills it. Must never survive its death.
 */
import { orderSubmit } from '@tradewire/contracts/events/orders'
import type { Database } from '@tradewire/database/database'
import { decimal, ZERO } from '@tradewire/kernel/decimal'
import type { AccountId, BracketId, FollowId, UserId } from '@tradewire/kernel/ids'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { legOf } from '@tradewire/orders/domain/advance'
import type { Bracket } from '@tradewire/orders/domain/bracket'
import { submitOf } from '@tradewire/orders/domain/commands'
import { restEndsAt } from '@tradewire/orders/domain/decide'
import { exitPolicyDefault } from '@tradewire/orders/domain/decision'
import type { ExitRules } from '@tradewire/orders/domain/exit-rules'
import type { SignalPlan } from '@tradewire/orders/domain/signal-plan'
import { SlotBell } from '@tradewire/orders/domain/slot-bell'
import { AdvanceBrackets } from '@tradewire/orders/use-cases/advance-brackets/advance-brackets.use-case'
import {
  type OrderUpdateEvent,
  TakeOrderUpdates,
} from '@tradewire/orders/use-cases/take-order-updates/take-order-updates.use-case'
import { WakeBrackets } from '@tradewire/orders/use-cases/wake-brackets/wake-brackets.use-case'
import { freshEvents } from './inbox.ts'
import type { MemoryDatabase } from './memory-database.ts'
import type { MemoryBrackets } from './memory-orders.ts'
import type { Delivery } from './news-network.ts'
import type { VirtualTime } from './virtual-time.ts'

const durable = 'orders'
const wakeEveryMs = 250

export interface OrdersMeans {
  readonly time: VirtualTime
  readonly database: MemoryDatabase
  readonly brackets: MemoryBrackets
}

export interface Follower {
  readonly accountId: string
  readonly quantity: string
  readonly exits: ExitRules
}

export class OrdersProcess {
  readonly durable = durable
  private alive = true
  private readonly means: OrdersMeans
  private readonly database: Database
  private readonly advance: AdvanceBrackets
  private readonly updates: TakeOrderUpdates
  private readonly wake: WakeBrackets
  private readonly timer: NodeJS.Timeout

  constructor(means: OrdersMeans) {
    this.means = means
    this.database = means.database.seenBy(() => this.alive)
    const config = { limitRestMs: exitPolicyDefault.limitRestMs } as never
    this.advance = new AdvanceBrackets(config, means.brackets, means.time, noMetrics, new SlotBell())
    this.updates = new TakeOrderUpdates(this.advance)
    this.wake = new WakeBrackets(this.database, means.brackets, means.time, this.advance)
    this.timer = setInterval(() => void this.wake.execute().catch(() => undefined), wakeEveryMs)
  }

  kill(): void {
    this.alive = false
    clearInterval(this.timer)
  }

  /** What brokers tell; resolves once its effect is stored. */
  async take({ events }: Delivery): Promise<void> {
    await this.database.transact(async (tx) => {
      const fresh = freshEvents(this.means.database, tx, durable, events)
      if (fresh.length > 0) await this.updates.execute(fresh as OrderUpdateEvent[], tx)
    })
  }

  /** A signal for these followers: a bracket and its entry for each that has none open, as planning does it. */
  async plan(plan: SignalPlan, followers: readonly Follower[]): Promise<void> {
    const { brackets, time } = this.means
    await this.database.transact(async (tx) => {
      if (brackets.plans.has(plan.signalId)) return
      brackets.plans.put(tx, plan.signalId, plan)
      for (const follower of followers) {
        if (brackets.hasSlot(followIdOf(follower))) continue
        const bracket = bracketOf(plan, follower, time.now().toISOString())
        brackets.rows.put(tx, bracket.bracketId, bracket)
        tx.append(orderSubmit, submitOf(bracket, bracket.legs[0]!, plan.expiresAt))
      }
    })
  }

  /** The user's own wish: everything of the follower is closed. */
  async close(follower: Follower): Promise<void> {
    const ids = await this.means.brackets.openIds({
      of: { followId: followIdOf(follower) },
      entriesOnly: false,
      after: null,
      limit: 100,
    })
    if (ids.length === 0) return
    const news = new Map(ids.map((id) => [id, { news: [{ kind: 'close' as const }], trace: null }]))
    await this.database.transact((tx) => this.advance.execute(tx, news))
  }
}

const noMetrics = {
  counter: () => ({ add: () => undefined }),
  gauge: () => ({ set: () => undefined }),
  histogram: () => ({ record: () => undefined }),
} as never

function followIdOf({ accountId }: Follower): FollowId {
  return uuidOfHash(`follow of ${accountId}`) as FollowId
}

function bracketOf(plan: SignalPlan, follower: Follower, now: string): Bracket {
  const { accountId, quantity, exits } = follower
  const entry = legOf(
    { signalId: plan.signalId, accountId: accountId as AccountId, side: plan.side },
    {
      leg: 'entry',
      purpose: 'entry',
      type: plan.entryType,
      quantity: decimal(quantity),
      price: plan.entryType === 'limit' ? plan.prices.entry : null,
      triggerPrice: null,
      callbackRatePercent: null,
    },
    now,
  )
  return {
    bracketId: uuidOfHash(`${plan.signalId} ${accountId}`) as BracketId,
    signalId: plan.signalId,
    strategyId: plan.strategyId,
    followId: followIdOf(follower),
    accountId: accountId as AccountId,
    userId: uuidOfHash(`user of ${accountId}`) as UserId,
    venue: plan.venue,
    symbol: plan.symbol,
    side: plan.side,
    leverage: null,
    exits,
    state: 'planned',
    closing: null,
    gone: ZERO,
    losses: [],
    firstFilledAt: null,
    exposedSince: null,
    unprotectedMs: 0,
    openedAt: null,
    closedAt: null,
    wakeAt: restEndsAt(plan, exitPolicyDefault.limitRestMs),
    failure: null,
    legs: [entry],
  }
}
