/**
 * A whole installation on one seed: processes, databases, bus, venues and what befalls them.
 * Called by the runner. Must never read a real clock or a real random number.
 */
import { waysToLeave } from '@tradewire/contracts/rpc/orders'
import { type Event, urgentSubjectOf } from '@tradewire/contracts/define-event'
import { ZERO } from '@tradewire/kernel/decimal'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { partitionCount } from '@tradewire/kernel/partition'
import type { Logger } from '@tradewire/observability/logger'
import type { KillSwitchMode, KillSwitchScope } from '@tradewire/orders/domain/stopping/kill-switch'
import { hasFired } from '@tradewire/orders/domain/bracket/leg'
import { BrokersProcess } from './parts/brokers-process.ts'
import { soldOthers } from './audit/booked-orders.ts'
import { type Books, doubledOrders, tradeNews, unrest, unsent, watchedFor } from './audit/checker.ts'
import { Choices, NumberedIds } from './choices.ts'
import { Closings } from './audit/closings.ts'
import type { Defects } from './defects.ts'
import { FactsSource } from './parts/facts-source.ts'
import { MemoryAttempts, MemoryLeases } from './stores/memory-brokers.ts'
import { MemoryDatabase } from './stores/memory-database.ts'
import { MemoryFacts } from './stores/memory-facts.ts'
import { MemoryKillSwitches } from './stores/memory-kill-switches.ts'
import { MemoryLossWatches } from './stores/memory-loss-watches.ts'
import { MemoryBrackets } from './stores/memory-orders.ts'
import { MemoryPlanning, type PlannedListener } from './stores/memory-planning.ts'
import { MemoryPriceWatches } from './stores/memory-price-watches.ts'
import { MemoryWaitingEntries } from './stores/memory-waiting.ts'
import { ReconciliationRows } from './stores/memory-reconciliations.ts'
import { NewsNetwork } from './parts/news-network.ts'
import { ordersDurables, type OrdersDurable, type OrdersMeans, OrdersProcess } from './parts/orders-process.ts'
import { PlanningAudit } from './audit/planning-audit.ts'
import { PriceHistory } from './parts/price-history.ts'
import { symbolsOf, type Terms, termsOf } from './terms.ts'
import { calmMood, VenueAccount } from './parts/venue.ts'
import { VirtualTime } from './virtual-time.ts'

/** A trading day that begins at noon begins while the world lasts. */
const startsAt = new Date('2022-01-10T11:59:50.000Z')
const restartMs = 400
/** For so long messages still reach a process whose lease has ended. */
const handOverMs = 150
/** So long that everything that was told at the start has been learnt. */
const beginMs = 200
/** From the pause of a follow to the word of what becomes of what it holds. */
const leaveMostMs = 60
const commandSubject = /^(urgent\.)?order\.(submit|cancel)\./
const operator = { userId: uuidOfHash('operator'), roles: ['operator' as const] }

const silent = new Proxy({}, { get: () => () => undefined }) as Logger

export interface WorldFigures {
  readonly signals: number
  readonly brackets: number
  readonly venueOrders: number
  readonly pairsFilled: number
  readonly watchesFired: number
  readonly lossLimitsReached: number
  readonly reversals: number
  readonly left: number
  readonly refusedByPause: number
  readonly lateFills: number
}

export class World {
  readonly time = new VirtualTime(startsAt)
  readonly choices: Choices
  readonly network: NewsNetwork
  readonly source: FactsSource
  readonly venues = new Map<string, VenueAccount>()
  readonly databases: { readonly orders: MemoryDatabase; readonly brokers: MemoryDatabase }
  private readonly defects: Defects
  private readonly attempts: MemoryAttempts
  private readonly leases = new MemoryLeases()
  private readonly reconciliations = new ReconciliationRows()
  private readonly tables: OrdersMeans
  private readonly audit: PlanningAudit
  private readonly closings: Closings
  readonly terms: Terms
  readonly prices: PriceHistory
  private orders: OrdersProcess | undefined
  private brokers: BrokersProcess | undefined

  constructor(seed: number, defects: Defects) {
    this.choices = new Choices(seed)
    this.terms = termsOf(this.choices)
    this.prices = new PriceHistory(this.time, symbolsOf(this.terms))
    const price = (symbol: string) => this.prices.now(symbol)
    this.defects = defects
    this.attempts = new MemoryAttempts(defects)
    this.network = new NewsNetwork(this.choices, defects)
    this.network.declare('brokers', (subject) => commandSubject.test(subject))
    for (const [durable, names] of Object.entries(ordersDurables)) {
      const wanted = new Set<string>(names.flatMap((name) => [name, urgentSubjectOf(name)]))
      this.network.declare(durable, (subject) => wanted.has(subject))
    }
    const { time, choices } = this
    const ids = new NumberedIds()
    const publish = this.network.publish.bind(this.network)
    const means = { clock: time, ids, choices }
    this.databases = {
      orders: new MemoryDatabase({ ...means, serial: false }, publish),
      brokers: new MemoryDatabase({ ...means, serial: true }, publish),
    }
    this.source = new FactsSource({ time, choices, ids, seed, publish, terms: this.terms, price })
    const facts = new MemoryFacts(defects, time)
    const priceWatches = new MemoryPriceWatches(time)
    const brackets = new MemoryBrackets(defects, priceWatches, facts)
    const lossWatches = new MemoryLossWatches(facts, brackets, defects)
    const waiting = new MemoryWaitingEntries(brackets)
    const killSwitches = new MemoryKillSwitches(facts, defects)
    this.audit = new PlanningAudit({
      source: this.source,
      facts,
      brackets,
      killSwitches,
      lossWatches,
      now: () => time.now(),
    })
    this.closings = new Closings({
      source: this.source,
      brackets,
      killSwitches,
      commitCount: () => this.databases.orders.commitCount,
    })
    const onPlanned: PlannedListener = (row, signal) => {
      this.audit.planned(row, signal)
      this.closings.planned(row)
    }
    const planning = new MemoryPlanning({ facts, brackets, waiting, lossWatches, killSwitches, defects, onPlanned })
    this.tables = {
      time,
      choices,
      ids,
      database: this.databases.orders,
      facts,
      brackets,
      waiting,
      planning,
      killSwitches,
      lossWatches,
      priceWatches,
      prices: this.prices,
      defects,
      logger: silent,
    }
    for (const accountId of this.source.accountIds) {
      this.venues.set(accountId, new VenueAccount(time, choices, { terms: this.terms, price }))
    }
  }

  async start(): Promise<void> {
    this.startOrders()
    this.startBrokers()
    this.source.begin()
    await this.time.pass(beginMs)
  }

  end(): void {
    this.orders?.kill()
    this.brokers?.kill()
    this.time.end()
  }

  get isUp(): boolean {
    return this.orders !== undefined && this.brokers !== undefined
  }

  startOrders(): void {
    const orders = new OrdersProcess(this.tables)
    this.orders = orders
    for (const durable of Object.keys(ordersDurables) as OrdersDurable[]) {
      this.network.attach(durable, (delivery) => orders.take(durable, delivery))
    }
  }

  /** It listens once it has taken up what it found, and not before so many milliseconds have passed. */
  startBrokers(listenAfterMs = 0): void {
    const { time, venues, terms, attempts, leases, reconciliations, defects } = this
    const partitions = Array.from({ length: partitionCount }, (_, index) => index)
    const stored = { database: this.databases.brokers, attempts, leases, reconciliations }
    const brokers = new BrokersProcess({ time, ...stored, venues, terms, partitions, logger: silent, defects })
    this.brokers = brokers
    const listen = () => {
      if (this.brokers === brokers) this.network.attach(brokers.durable, (delivery) => brokers.take(delivery))
    }
    void brokers.start().then(() => (listenAfterMs === 0 ? listen() : setTimeout(listen, listenAfterMs)))
  }

  killOrders(): void {
    if (this.orders === undefined) return
    for (const durable of Object.keys(ordersDurables)) this.network.attach(durable, null)
    this.orders.kill()
    this.orders = undefined
    setTimeout(() => this.startOrders(), this.choices.whole(1, restartMs))
  }

  killBrokers(): void {
    if (this.brokers === undefined) return
    this.network.attach(this.brokers.durable, null)
    this.brokers.kill()
    this.brokers = undefined
    setTimeout(() => this.startBrokers(), this.choices.whole(1, restartMs))
  }

  /** Another process takes over while the first one still has calls under way, and is still handed commands. */
  takeOver(): void {
    const first = this.brokers
    if (first === undefined) return
    first.loseLease()
    this.startBrokers(handOverMs)
    setTimeout(() => first.kill(), this.choices.whole(1, restartMs))
  }

  closeSomebody(): void {
    const { orders, closings } = this
    const { followId } = this.choices.oneOf(this.source.follows)
    void closings.ask(
      { followId, way: 'close' },
      orders && (() => orders.closeFollow.execute({ caller: operator, followId })),
    )
  }

  closeStrategy(): void {
    const { orders, closings } = this
    const { strategyId } = this.choices.oneOf(this.source.strategies)
    void closings.ask(
      { strategyId, way: 'close' },
      orders && (() => orders.closeStrategy.execute({ caller: operator, strategyId })),
    )
  }

  /** In its two steps: `signals` pauses the follow, and `orders` is asked for the rest, often before it has heard of that. */
  leaveStrategy(): void {
    const { followId, revision } = this.source.leaveStrategy()
    const positions = this.choices.oneOf(waysToLeave.options)
    setTimeout(
      () => {
        const { orders, closings } = this
        const ask = orders && (() => orders.leaveFollow.execute({ caller: operator, followId, positions, revision }))
        void closings.ask({ followId, way: positions, revision }, ask)
      },
      this.choices.whole(0, leaveMostMs),
    )
  }

  /** An operator stops the platform, a strategy, its alerts, a follow or an account. */
  engageSwitch(): void {
    const { choices, source } = this
    const scope = choices.oneOf<KillSwitchScope>(['platform', 'strategy', 'source', 'follow', 'account'])
    const mode = choices.oneOf<KillSwitchMode>(['exit-only', 'halt', 'flatten'])
    const scopeIds = {
      platform: {},
      strategy: { scopeId: choices.oneOf(source.strategies).strategyId },
      source: { scopeId: choices.oneOf(source.strategies).strategyId },
      follow: { scopeId: choices.oneOf(source.follows).followId },
      account: { scopeId: choices.oneOf(source.accountIds) },
    }
    const request = { caller: operator, scope, ...scopeIds[scope], mode, reason: 'by chance' }
    void this.orders?.engage.execute(request).catch(() => undefined)
  }

  /** In its two steps, of one that is engaged. */
  releaseSwitch(): void {
    const engaged = this.tables.killSwitches.rows.all().filter(({ killSwitch }) => killSwitch.releasedAt === null)
    const { orders } = this
    if (engaged.length === 0 || orders === undefined) return
    const { id } = this.choices.oneOf(engaged).killSwitch
    const release = async (): Promise<void> => {
      const asked = await orders.release.request(operator, id)
      if (asked.ok) await orders.release.confirm(operator, id, asked.value.confirmation)
    }
    void release().catch(() => undefined)
  }

  /** The price moves and something that rests at a venue executes. */
  move(): void {
    this.prices.move(this.choices.oneOf(symbolsOf(this.terms)), this.choices.whole(-600, 600))
    const venue = this.choices.oneOf([...this.venues.values()])
    const resting = venue.working.filter(({ order }) => order.type !== 'market')
    if (resting.length > 0) venue.fillSome(this.choices.oneOf(resting), this.choices.oneOf([0.3, 0.6, 1]))
  }

  heal(except: ReadonlySet<string> = new Set()): void {
    for (const [accountId, venue] of this.venues) {
      if (except.has(accountId)) continue
      const { streaming } = venue.mood
      Object.assign(venue.mood, calmMood, { streaming })
      venue.setStreaming(true)
    }
    for (const { mood } of Object.values(this.databases)) Object.assign(mood, { refuse: 0, doubtful: 0, cut: 0 })
    Object.assign(this.network.mood, { repeat: 0, lateMostMs: 20 })
    this.prices.mood.untold = 0
  }

  /** What is wrong at every moment. */
  always(): string[] {
    const events = this.events()
    const booked = [...this.venues.values()].flatMap((venue) => venue.booked)
    return [
      ...this.books().flatMap(doubledOrders),
      ...this.books().flatMap((books) => watchedFor(books, this.prices)),
      ...(this.terms.coins ? [...this.venues.values()].flatMap((venue) => soldOthers(venue.booked)) : []),
      ...[...this.venues.values()].flatMap((venue) => venue.bared),
      ...tradeNews(events),
      ...this.reconciliations.lost.all(),
      ...this.audit.always(events, booked),
      ...this.closings.always(),
    ]
  }

  /** What keeps the world from being at rest, for these accounts. */
  unrest(except: ReadonlySet<string> = new Set()): string[] {
    const waiting = this.isUp ? [] : ['a process is down']
    const books = this.books().filter(({ accountId }) => !except.has(accountId))
    const planning = this.audit.unrest(this.tables.brackets.signals, except)
    const told = tradeNews(this.events())
    return [
      ...waiting,
      ...books.flatMap(unrest),
      ...books.flatMap(unsent),
      ...told,
      ...planning,
      ...this.closings.unrest(except),
    ]
  }

  get figures(): WorldFigures {
    const booked = [...this.venues.values()].flatMap((venue) => venue.booked)
    const brackets = this.books().flatMap((books) => books.brackets)
    const switches = this.tables.killSwitches.rows.all()
    return {
      signals: this.source.signals.length,
      brackets: brackets.length,
      venueOrders: booked.length,
      pairsFilled: booked.filter(({ order, filled }) => order.type === 'stop-or-target' && filled.gt(ZERO)).length,
      watchesFired: brackets.flatMap(({ legs }) => legs.filter(hasFired)).length,
      lossLimitsReached: switches.filter(({ killSwitch }) => killSwitch.cause === 'loss-limit').length,
      reversals: brackets.filter(({ closing }) => closing?.cause === 'reversal').length,
      left: this.closings.left,
      refusedByPause: this.tables.brackets.rows.all().filter(({ denial }) => denial?.code === 'ACCOUNT_PAUSED').length,
      lateFills: booked.filter(({ late }) => late !== null).length,
    }
  }

  private books(): Books[] {
    const brackets = this.tables.brackets.rows
      .all()
      .flatMap(({ bracket }) => (bracket.state === 'denied' ? [] : [bracket]))
    return [...this.venues].map(([accountId, { booked }]) => ({
      accountId,
      booked,
      brackets: brackets.filter((bracket) => bracket.accountId === accountId),
    }))
  }

  private events(): Event[] {
    return this.network.told.flatMap(({ body }) => (JSON.parse(body) as { events: Event[] }).events)
  }
}
