/**
 * A whole installation on one seed: processes, databases, bus, venues and what befalls them.
 * Called by the runner. Must never read a real clock or a real random number.
 */
import { orderUpdateEvents } from '@tradewire/contracts/events/brokers'
import type { Event } from '@tradewire/contracts/define-event'
import { type Decimal, decimal } from '@tradewire/kernel/decimal'
import type { SignalId, StrategyId } from '@tradewire/kernel/ids'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { partitionCount } from '@tradewire/kernel/partition'
import type { Logger } from '@tradewire/observability/logger'
import { type ExitRules, exitRulesDefault } from '@tradewire/orders/domain/exit-rules'
import type { Instrument } from '@tradewire/orders/domain/instrument'
import { type AskedPrices, signalPrices } from '@tradewire/orders/domain/prices'
import type { SignalPlan } from '@tradewire/orders/domain/signal-plan'
import { venueCapabilities } from '@tradewire/orders/domain/venue-capabilities'
import { BrokersProcess } from './brokers-process.ts'
import { type Books, doubledOrders, tradeNews, unrest } from './checker.ts'
import { Choices, NumberedIds } from './choices.ts'
import type { Defects } from './defects.ts'
import { ReconciliationRows } from './memory-reconciliations.ts'
import { MemoryAttempts, MemoryLeases } from './memory-brokers.ts'
import { MemoryDatabase } from './memory-database.ts'
import { MemoryBrackets } from './memory-orders.ts'
import { NewsNetwork } from './news-network.ts'
import { type Follower, OrdersProcess } from './orders-process.ts'
import { calmMood, VenueAccount } from './venue.ts'
import { VirtualTime } from './virtual-time.ts'

const startsAt = new Date('2022-01-10T12:00:00.000Z')
const accountCount = 3
const startPrice = 40_000
const restartMs = 400
/** For so long messages still reach a process whose lease has ended. */
const handOverMs = 150
const expiryMs = 30_000
const commandSubject = /^order\.(submit|cancel)\./
const updateNames: ReadonlySet<string> = new Set(orderUpdateEvents.map(({ name }) => name))

const instrument: Instrument = {
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  active: true,
  priceStep: decimal('0.1'),
  quantityStep: decimal('0.001'),
  minimumQuantity: decimal('0.001'),
  maximumQuantity: decimal('1000'),
  minimumNotional: decimal('5'),
  contractSize: decimal('1'),
  tradingHours: null,
}

/** What followers choose for the time after the entry, by turns: it takes nothing from chance, so that seeds keep their worlds. */
const exitTemplates: readonly ExitRules[] = [
  exitRulesDefault,
  { ...exitRulesDefault, moveStopAfterTarget: 1, moveStopOffsetPercent: decimal('0.1') },
  { ...exitRulesDefault, moveStopAfterTarget: 2, onStopFailure: 'alert' },
  { ...exitRulesDefault, onStopFailure: 'flatten' },
  { ...exitRulesDefault, moveStopAfterTarget: 1, onStopFailure: 'alert' },
]

const silent = new Proxy({}, { get: () => () => undefined }) as Logger

export class World {
  readonly time = new VirtualTime(startsAt)
  readonly choices: Choices
  readonly network: NewsNetwork
  readonly venues = new Map<string, VenueAccount>()
  readonly followers: readonly Follower[]
  readonly databases: { readonly orders: MemoryDatabase; readonly brokers: MemoryDatabase }
  private readonly defects: Defects
  private readonly attempts: MemoryAttempts
  private readonly leases = new MemoryLeases()
  private readonly reconciliations = new ReconciliationRows()
  private readonly brackets: MemoryBrackets
  private price: Decimal = decimal(String(startPrice))
  private orders: OrdersProcess | undefined
  private brokers: BrokersProcess | undefined
  private signals = 0

  constructor(seed: number, defects: Defects) {
    this.choices = new Choices(seed)
    this.defects = defects
    this.attempts = new MemoryAttempts(defects)
    this.brackets = new MemoryBrackets(defects)
    this.network = new NewsNetwork(this.choices, defects)
    this.network.declare('brokers', (subject) => commandSubject.test(subject))
    this.network.declare('orders', (subject) => updateNames.has(subject))
    const means = { clock: this.time, ids: new NumberedIds(), choices: this.choices }
    const publish = this.network.publish.bind(this.network)
    this.databases = { orders: new MemoryDatabase(means, publish), brokers: new MemoryDatabase(means, publish) }
    this.followers = Array.from({ length: accountCount }, (_, index) => ({
      accountId: uuidOfHash(`account ${index} of ${seed}`),
      quantity: decimal(String(this.choices.whole(4, 900)))
        .times('0.001')
        .toString(),
      exits: exitTemplates[(seed + index) % exitTemplates.length]!,
    }))
    for (const { accountId } of this.followers) {
      this.venues.set(accountId, new VenueAccount(this.time, this.choices, () => this.price))
    }
  }

  async start(): Promise<void> {
    this.startOrders()
    this.startBrokers()
    await this.time.pass(1)
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
    const orders = new OrdersProcess({ time: this.time, database: this.databases.orders, brackets: this.brackets })
    this.orders = orders
    this.network.attach(orders.durable, (delivery) => orders.take(delivery))
  }

  /** It listens once it has taken up what it found, and not before so many milliseconds have passed. */
  startBrokers(listenAfterMs = 0): void {
    const { time, venues, attempts, leases, reconciliations, defects } = this
    const partitions = Array.from({ length: partitionCount }, (_, index) => index)
    const stored = { database: this.databases.brokers, attempts, leases, reconciliations }
    const brokers = new BrokersProcess({ time, ...stored, venues, partitions, logger: silent, defects })
    this.brokers = brokers
    const listen = () => {
      if (this.brokers === brokers) this.network.attach(brokers.durable, (delivery) => brokers.take(delivery))
    }
    void brokers.start().then(() => (listenAfterMs === 0 ? listen() : setTimeout(listen, listenAfterMs)))
  }

  killOrders(): void {
    if (this.orders === undefined) return
    this.network.attach(this.orders.durable, null)
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

  signal(): void {
    this.signals += 1
    const plan = this.planOf(this.signals)
    // The consumer of signals delivers until it is done; ids make planning twice harmless.
    const attempt = (): void => {
      const orders = this.orders
      if (orders === undefined) return void setTimeout(attempt, restartMs)
      void orders.plan(plan, this.followers).catch(() => setTimeout(attempt, restartMs))
    }
    attempt()
  }

  closeSomebody(): void {
    void this.orders?.close(this.choices.oneOf(this.followers)).catch(() => undefined)
  }

  /** The price moves and something that rests at a venue executes. */
  move(): void {
    this.price = decimal(String(startPrice + this.choices.whole(-600, 600)))
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
    for (const { mood } of Object.values(this.databases)) Object.assign(mood, { refuse: 0, doubtful: 0 })
    Object.assign(this.network.mood, { repeat: 0, lateMostMs: 20 })
  }

  /** What is wrong at every moment. */
  always(): string[] {
    const bared = [...this.venues.values()].flatMap((venue) => venue.bared)
    const doubled = this.books().flatMap(doubledOrders)
    return [...doubled, ...bared, ...tradeNews(this.events()), ...this.reconciliations.lost.all()]
  }

  /** What keeps the world from being at rest, for these accounts. */
  unrest(except: ReadonlySet<string> = new Set()): string[] {
    const waiting = this.isUp ? [] : ['a process is down']
    const books = this.books().filter(({ accountId }) => !except.has(accountId))
    return [...waiting, ...books.flatMap(unrest), ...tradeNews(this.events())]
  }

  get figures(): { readonly signals: number; readonly brackets: number; readonly venueOrders: number } {
    const venueOrders = [...this.venues.values()].reduce((count, { booked }) => count + booked.length, 0)
    return { signals: this.signals, brackets: this.brackets.rows.all().length, venueOrders }
  }

  private books(): Books[] {
    const brackets = this.brackets.rows.all()
    return [...this.venues].map(([accountId, { booked }]) => ({
      accountId,
      booked,
      brackets: brackets.filter((bracket) => bracket.accountId === accountId),
    }))
  }

  private events(): Event[] {
    return this.network.told.flatMap(({ body }) => (JSON.parse(body) as { events: Event[] }).events)
  }

  private planOf(number: number): SignalPlan {
    const long = this.choices.chance(0.6)
    const away = (points: number): Decimal => this.price.plus(String(long ? points : -points))
    const asked: AskedPrices = {
      side: long ? 'buy' : 'sell',
      entryType: this.choices.chance(0.25) ? 'limit' : 'market',
      price: this.price,
      stop: { price: away(-400), type: this.choices.chance(0.2) ? 'limit' : 'market' },
      targets: [400, 800, 1_200, 1_600].slice(0, this.choices.whole(1, 4)).map(away),
      trailing: this.choices.chance(0.3) ? { triggerPercent: decimal('50'), callbackRatePercent: decimal('1') } : null,
    }
    const prices = signalPrices(asked, {
      priceStep: instrument.priceStep,
      trailing: venueCapabilities['binance-usdm'].trailing,
      stopLimitOffsetPercent: decimal('0.5'),
    })
    if (!prices.ok) throw new Error(`the simulation asked for bad prices: ${prices.error.code}`)
    return {
      signalId: uuidOfHash(`signal ${number}`) as SignalId,
      strategyId: uuidOfHash('strategy') as StrategyId,
      venue: 'binance-usdm',
      symbol: 'BTC/USDT',
      side: asked.side,
      entryType: asked.entryType,
      expiresAt: new Date(this.time.now().getTime() + expiryMs).toISOString(),
      prices: prices.value,
      instrument,
    }
  }
}
