/**
 * One process of `orders`: the service's own use cases for signals, facts, brokers' news, kill switches, closing and
 * waking, on stores in memory. Called by the world, which starts and kills it. Must never survive its death.
 */
import {
  accountChanged,
  accountConnected,
  accountDisconnected,
  balanceUpdated,
  instrumentChanged,
} from '@tradewire/contracts/events/brokers'
import { followChanged, settingsChanged, signalAccepted, strategyChanged } from '@tradewire/contracts/events/signals'
import type { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { type Decimal, decimal, ZERO } from '@tradewire/kernel/decimal'
import type { IdSource } from '@tradewire/kernel/ids'
import type { Logger } from '@tradewire/observability/logger'
import type { OrdersConfig } from '@tradewire/orders/config'
import { exitPolicyDefault } from '@tradewire/orders/domain/bracket/decision'
import { EntryPace } from '@tradewire/orders/domain/planning/entry-pace'
import { PlanningMeans } from '@tradewire/orders/ports/planning-means.port'
import { SlotBell } from '@tradewire/orders/domain/planning/slot-bell'
import { type PricePlace, VenuePrices } from '@tradewire/orders/ports/venue-prices.port'
import { AccountsConsumer } from '@tradewire/orders/transport/bus/accounts.consumer'
import { OrderUpdatesConsumer } from '@tradewire/orders/transport/bus/order-updates.consumer'
import { SignalsConsumer } from '@tradewire/orders/transport/bus/signals.consumer'
import { AdvanceBatch } from '@tradewire/orders/use-cases/advance-batch/advance-batch.use-case'
import { AdvanceBrackets } from '@tradewire/orders/use-cases/advance-brackets/advance-brackets.use-case'
import { ApplyKillSwitches } from '@tradewire/orders/use-cases/apply-kill-switches/apply-kill-switches.use-case'
import { CloseFollow } from '@tradewire/orders/use-cases/close-follow/close-follow.use-case'
import { CloseOpenBrackets } from '@tradewire/orders/use-cases/close-open-brackets/close-open-brackets.use-case'
import { CloseStrategy } from '@tradewire/orders/use-cases/close-strategy/close-strategy.use-case'
import { EngageKillSwitch } from '@tradewire/orders/use-cases/engage-kill-switch/engage-kill-switch.use-case'
import { LearnFacts } from '@tradewire/orders/use-cases/learn-facts/learn-facts.use-case'
import { LeaveFollow } from '@tradewire/orders/use-cases/leave-follow/leave-follow.use-case'
import { PlanDueEntries } from '@tradewire/orders/use-cases/plan-due-entries/plan-due-entries.use-case'
import { PlanSignal } from '@tradewire/orders/use-cases/plan-signal/plan-signal.use-case'
import { PlanWaiting } from '@tradewire/orders/use-cases/plan-waiting/plan-waiting.use-case'
import { ReleaseKillSwitch } from '@tradewire/orders/use-cases/release-kill-switch/release-kill-switch.use-case'
import { TakeOrderUpdates } from '@tradewire/orders/use-cases/take-order-updates/take-order-updates.use-case'
import { WakeBrackets } from '@tradewire/orders/use-cases/wake-brackets/wake-brackets.use-case'
import { WatchLosses } from '@tradewire/orders/use-cases/watch-losses/watch-losses.use-case'
import { WatchPrices } from '@tradewire/orders/use-cases/watch-prices/watch-prices.use-case'
import type { Choices } from '../choices.ts'
import type { Defects } from '../defects.ts'
import { freshEvents } from './inbox.ts'
import type { Connection, MemoryDatabase } from '../stores/memory-database.ts'
import type { MemoryFacts } from '../stores/memory-facts.ts'
import type { MemoryKillSwitches } from '../stores/memory-kill-switches.ts'
import type { MemoryLossWatches } from '../stores/memory-loss-watches.ts'
import type { MemoryBrackets } from '../stores/memory-orders.ts'
import type { MemoryPlanning } from '../stores/memory-planning.ts'
import type { MemoryPriceWatches } from '../stores/memory-price-watches.ts'
import type { MemoryWaitingEntries } from '../stores/memory-waiting.ts'
import type { Delivery } from './news-network.ts'
import type { PriceHistory } from './price-history.ts'
import { passed, type VirtualTime } from '../virtual-time.ts'

const wakeEveryMs = 250
const ringWaitMs = 5
const askMostMs = 40
const otherPrice = decimal('1000')
const watchEveryMs = 1_000
const blindAfterMs = 10_000
/** So small that one signal takes several transactions here. */
const chunkRows = 1
/** So short that some signals find a balance that is too old. */
export const balanceAgeMaxMs = 12_000

const config: OrdersConfig = {
  chunkRows,
  limitRestMs: exitPolicyDefault.limitRestMs,
  stopLimitOffsetPercent: '0.5',
  entryCostPercent: '0.2',
  balanceAgeMaxMs,
} as OrdersConfig

/** The tables and what the use cases ask of others; they outlive the process. */
export interface OrdersMeans {
  readonly time: VirtualTime
  readonly choices: Choices
  readonly ids: IdSource
  readonly database: MemoryDatabase
  readonly facts: MemoryFacts
  readonly brackets: MemoryBrackets
  readonly waiting: MemoryWaitingEntries
  readonly planning: MemoryPlanning
  readonly killSwitches: MemoryKillSwitches
  readonly lossWatches: MemoryLossWatches
  readonly priceWatches: MemoryPriceWatches
  readonly prices: PriceHistory
  readonly defects: Defects
  readonly logger: Logger
}

/** The consumers, by their names on the bus. */
export const ordersDurables = {
  signals: [signalAccepted.name, strategyChanged.name, followChanged.name, settingsChanged.name],
  accounts: [accountConnected, accountDisconnected, accountChanged, balanceUpdated, instrumentChanged].map(
    ({ name }) => name,
  ),
  updates: ['order.accepted', 'order.filled', 'order.rejected', 'order.unknown', 'order.cancelled'],
} as const
export type OrdersDurable = keyof typeof ordersDurables

type Handler = (events: never[], tx: Transaction) => Promise<void>

export class OrdersProcess {
  readonly closeFollow: CloseFollow
  readonly closeStrategy: CloseStrategy
  readonly leaveFollow: LeaveFollow
  readonly engage: EngageKillSwitch
  readonly release: ReleaseKillSwitch
  private readonly means: OrdersMeans
  private readonly connection: Connection
  private readonly database: Database
  private readonly handlers: Readonly<Record<OrdersDurable, Handler>>
  private readonly timers: readonly NodeJS.Timeout[]
  private readonly upkeep: readonly (() => Promise<unknown>)[]
  private readonly look: () => Promise<void>
  private isTending = false
  private isLooking = false
  private hasEnded = false

  constructor(means: OrdersMeans) {
    const { time, ids, choices, brackets, waiting, facts, planning, killSwitches, lossWatches } = means
    this.means = means
    this.connection = means.database.connect()
    const { database } = this.connection
    this.database = database
    const slots = new SlotBell()
    const advance = new AdvanceBrackets(config, brackets, time, noMetrics, slots)
    const batch = new AdvanceBatch(database, advance, time, means.logger)
    const closeOpen = new CloseOpenBrackets(database, brackets, waiting, batch, time)
    const apply = new ApplyKillSwitches(database, killSwitches, closeOpen, time)
    this.closeFollow = new CloseFollow(facts, closeOpen)
    this.closeStrategy = new CloseStrategy(facts, closeOpen)
    this.leaveFollow = new LeaveFollow(database, facts, brackets, closeOpen)
    this.engage = new EngageKillSwitch(database, killSwitches, apply, time, ids)
    this.release = new ReleaseKillSwitch(database, killSwitches, lossWatches, time, choices.randomness)
    const learn = new LearnFacts(facts)
    const pace = new EntryPace(() => time.monotonicMs(), passed)
    const plan = new PlanSignal(config, database, planning, new PlanningMeans(time, noMetrics, pace), unwatched)
    const consumers = {
      signals: new SignalsConsumer(learn, plan, slots),
      accounts: new AccountsConsumer(learn, new WatchLosses(config, lossWatches, killSwitches, time, ids)),
      updates: new OrderUpdatesConsumer(new TakeOrderUpdates(advance, brackets, time), pace, time),
    }
    this.handlers = {
      signals: consumers.signals.handle.bind(consumers.signals),
      accounts: consumers.accounts.handle.bind(consumers.accounts),
      updates: consumers.updates.handleUrgent.bind(consumers.updates),
    }
    const wake = new WakeBrackets(database, brackets, time, batch)
    const planDue = new PlanDueEntries(database, waiting, plan, time, means.logger)
    const turns = new PlanWaiting(database, waiting, batch, planDue, time)
    this.upkeep = [() => apply.execute(), () => wake.execute(), () => turns.execute()]
    const prices = new SimulatedPrices(means, () => !this.hasEnded)
    const watch = new WatchPrices(means.priceWatches, prices, time, batch)
    this.look = () => watch.execute(blindAfterMs)
    this.timers = [setInterval(() => void this.tend(), wakeEveryMs), setInterval(() => void this.watch(), watchEveryMs)]
    slots.onRing(() => setTimeout(() => void this.tend(), ringWaitMs))
  }

  kill(): void {
    this.connection.drop()
    this.hasEnded = true
    for (const timer of this.timers) clearInterval(timer)
  }

  /** One message; resolves once its effect is stored. */
  async take(durable: OrdersDurable, { events }: Delivery): Promise<void> {
    await this.database.transact(async (tx) => {
      const fresh = await freshEvents(this.means.database, tx, durable, events)
      if (fresh.length > 0) await this.handlers[durable](fresh as never[], tx)
    })
  }

  /** As the service's job does it: never twice at once, and what failed comes again. */
  private async tend(): Promise<void> {
    if (this.isTending || this.hasEnded) return
    this.isTending = true
    try {
      for (const turn of this.upkeep) await turn()
    } catch {
      // The next turn tries again.
    }
    this.isTending = false
  }

  private async watch(): Promise<void> {
    if (this.isLooking || this.hasEnded) return
    this.isLooking = true
    // The next look tries again what could not be told.
    await this.look().catch(() => undefined)
    this.isLooking = false
  }
}

/** The pace of a source is not watched here. */
const unwatched = { execute: () => Promise.resolve(null) } as never

/** What was last paid, by way of `brokers`: late, and now and then not at all. Nobody answers a process that is gone. */
class SimulatedPrices extends VenuePrices {
  private readonly means: OrdersMeans
  private readonly alive: () => boolean

  constructor(means: OrdersMeans, alive: () => boolean) {
    super()
    this.means = means
    this.alive = alive
  }

  async of(_place: PricePlace, symbols: readonly string[]): Promise<ReadonlyMap<string, Decimal>> {
    const { choices, prices, defects } = this.means
    const away = defects.seesOtherPrices === true ? otherPrice : ZERO
    await passed(choices.whole(1, askMostMs))
    const isTold = !choices.chance(prices.mood.untold)
    const told = isTold ? symbols.map((symbol) => [symbol, prices.now(symbol).plus(away)] as const) : []
    await passed(choices.whole(1, askMostMs))
    return this.alive() ? new Map(told) : new Promise<never>(() => undefined)
  }
}

const noMetrics = {
  counter: () => ({ add: () => undefined }),
  gauge: () => ({ set: () => undefined }),
  histogram: () => ({ record: () => undefined }),
} as never
