/**
 * One process of `brokers`: the service's own use cases, wired to stores in memory and to simulated venues.
 * Called by the world, which starts and kills it. Must never survive its death: nothing of it is stored or answered then.
 */
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import { VenueSendGate } from '@tradewire/brokers/clients/venue-send-gate.client'
import { BelievedLeverages } from '@tradewire/brokers/domain/account/believed-leverages'
import { Desk } from '@tradewire/brokers/domain/sending/desk'
import { PassSchedule } from '@tradewire/brokers/domain/reconcile/pass-schedule'
import { DatabaseTime } from '@tradewire/brokers/ports/database-time.port'
import type { OwnedPartition } from '@tradewire/brokers/ports/leases.port'
import { type AccountSession, type SessionResult, Sessions } from '@tradewire/brokers/ports/sessions.port'
import { AttemptWriter } from '@tradewire/brokers/store/attempt-writer.store'
import { CommandLogStore } from '@tradewire/brokers/store/command-log.store'
import { SubmitMarks } from '@tradewire/brokers/store/submit-marks.store'
import { ApplyEvidence } from '@tradewire/brokers/use-cases/apply-evidence/apply-evidence.use-case'
import { CancelOrders } from '@tradewire/brokers/use-cases/cancel-orders/cancel-orders.use-case'
import { PlaceOrders } from '@tradewire/brokers/use-cases/place-orders/place-orders.use-case'
import { LookUpOrder } from '@tradewire/brokers/use-cases/look-up-order/look-up-order.use-case'
import { ReadVenue } from '@tradewire/brokers/use-cases/read-venue/read-venue.use-case'
import { ReconcileAccount } from '@tradewire/brokers/use-cases/reconcile-account/reconcile-account.use-case'
import { RecoverAttempts } from '@tradewire/brokers/use-cases/recover-attempts/recover-attempts.use-case'
import { ResolveUnknown } from '@tradewire/brokers/use-cases/resolve-unknown/resolve-unknown.use-case'
import { RunLanes } from '@tradewire/brokers/use-cases/run-lanes/run-lanes.use-case'
import { SettleOutcome } from '@tradewire/brokers/use-cases/settle-outcome/settle-outcome.use-case'
import { TakeCommands } from '@tradewire/brokers/use-cases/take-commands/take-commands.use-case'
import { TakeFindings } from '@tradewire/brokers/use-cases/take-findings/take-findings.use-case'
import { TakeUpAttempts } from '@tradewire/brokers/use-cases/take-up-attempts/take-up-attempts.use-case'
import { TendOrders } from '@tradewire/brokers/use-cases/tend-orders/tend-orders.use-case'
import { WatchAccounts } from '@tradewire/brokers/use-cases/watch-accounts/watch-accounts.use-case'
import { isUrgentSubject } from '@tradewire/contracts/define-event'
import type { Database } from '@tradewire/database/database'
import { DatabaseUnavailableError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import { partitionOf } from '@tradewire/kernel/partition'
import { ok } from '@tradewire/kernel/result'
import type { Logger } from '@tradewire/observability/logger'
import { MetricRegistry, Metrics } from '@tradewire/observability/metrics'
import type { Defects } from '../defects.ts'
import { freshEvents } from './inbox.ts'
import type { MemoryAttempts, MemoryLeases } from '../stores/memory-brokers.ts'
import type { Connection, MemoryDatabase } from '../stores/memory-database.ts'
import { MemoryReconciliations, type ReconciliationRows } from '../stores/memory-reconciliations.ts'
import type { Delivery } from './news-network.ts'
import { capabilitiesOf, type Terms } from '../terms.ts'
import { readLagMs, type VenueAccount } from './venue.ts'
import { passed, type VirtualTime } from '../virtual-time.ts'

const durable = 'brokers'
const slots = { all: 64, exits: 4 }
const reconcileEveryMs = 5_000
/** Until a process asks again for what it could not take. */
const leaseRetryMs = 100
const upkeepEveryMs = 1_000
const evenShare = 0.5
const metrics = new Metrics('simulator', new MetricRegistry())

const clientId = {
  field: 'newClientOrderId',
  lengthMax: 36,
  characters: 'base36',
  uniqueness: 'open-orders',
  queryable: true,
  readLagMs,
} as const

/** What a venue of the hardest kind declares: an id may be used again once its order has ended. */
function definitionOf(terms: Terms): BrokerDefinition {
  return {
    id: terms.venue,
    capabilities: { ...capabilitiesOf(terms), clientId },
    rateLimits: [],
    readWeights: { order: 1, openOrders: 1, balances: 1, positions: 1, fills: 1, rates: 1 },
    paperReadLagMs: readLagMs,
  } as unknown as BrokerDefinition
}

export interface BrokersMeans {
  readonly time: VirtualTime
  readonly database: MemoryDatabase
  readonly attempts: MemoryAttempts
  readonly leases: MemoryLeases
  readonly reconciliations: ReconciliationRows
  readonly venues: ReadonlyMap<string, VenueAccount>
  readonly terms: Terms
  readonly partitions: readonly number[]
  readonly logger: Logger
  readonly defects: Defects
}

class SimulatedTime extends DatabaseTime {
  private readonly time: VirtualTime

  constructor(time: VirtualTime) {
    super()
    this.time = time
  }

  observe(): void {
    // There is one clock here.
  }

  now(): Date {
    return this.time.now()
  }

  monotonicMs(): number {
    return this.time.monotonicMs()
  }
}

class SimulatedSessions extends Sessions {
  private readonly open: ReadonlyMap<string, AccountSession>

  constructor(open: ReadonlyMap<string, AccountSession>) {
    super()
    this.open = open
  }

  onEvent(): void {
    // The process listens to its venues itself.
  }

  /** All stand from the start. */
  onOpened(listener: (opened: AccountSession) => void): void {
    for (const opened of this.open.values()) listener(opened)
  }

  known(accountId: string): AccountSession | undefined {
    return this.open.get(accountId)
  }

  all(): readonly AccountSession[] {
    return [...this.open.values()]
  }

  get(accountId: string): Promise<SessionResult> {
    return Promise.resolve(ok(this.open.get(accountId)!))
  }

  adopt(): Promise<SessionResult> {
    return Promise.reject(new Error('all sessions stand from the start'))
  }

  probe(): ReturnType<Sessions['probe']> {
    return Promise.reject(new Error('nobody connects accounts here'))
  }

  forget(): Promise<void> {
    return Promise.resolve()
  }

  closeAll(): Promise<void> {
    return Promise.resolve()
  }
}

export class BrokersProcess {
  readonly durable = durable
  private alive = true
  private isLeaving = false
  private readonly isAlive = (): boolean => this.alive
  private readonly means: BrokersMeans
  private readonly connection: Connection
  private readonly database: Database
  private readonly desk = new Desk(slots)
  private readonly evidence: ApplyEvidence
  private readonly watch: WatchAccounts
  private readonly tend: TendOrders
  private readonly commands: TakeCommands
  private readonly recovery: RecoverAttempts
  private readonly lanes: RunLanes
  private readonly timers: NodeJS.Timeout[] = []

  constructor(means: BrokersMeans) {
    this.means = means
    const { time, attempts, leases, logger } = means
    this.connection = means.database.connect()
    this.database = this.connection.database
    const sessions = new SimulatedSessions(this.openSessions())
    const now = new SimulatedTime(time)
    const leaseStore = leases as unknown as ConstructorParameters<typeof AttemptWriter>[2]
    const attemptStore = attempts as unknown as ConstructorParameters<typeof AttemptWriter>[1]
    const writer = new AttemptWriter(this.database, attemptStore, leaseStore, time, logger)
    const marks = new SubmitMarks(this.database, attemptStore, leaseStore)
    const { desk } = this
    this.evidence = new ApplyEvidence(desk, writer, attempts, time)
    const lookUp = new LookUpOrder()
    const gate = new VenueSendGate(desk, marks, budgets, undefined as never, now)
    const resolver = new ResolveUnknown(desk, sessions, this.evidence, lookUp, now)
    const outcomes = new SettleOutcome(this.evidence, resolver, health, gate)
    const orders = new PlaceOrders(desk, sessions, gate, outcomes, logger)
    const cancels = new CancelOrders(desk, sessions, this.evidence, logger)
    this.lanes = new RunLanes(desk, gate, orders, cancels, logger)
    const books = new MemoryReconciliations(means.reconciliations, this.database, leases)
    const findings = new TakeFindings(this.evidence, lookUp, logger)
    const reading = new ReadVenue(desk, attempts, lookUp, now)
    const reconcile = new ReconcileAccount(desk, reading, books, findings, logger)
    const pace = { nowMs: () => time.monotonicMs(), fraction: () => evenShare, paperRateLimits: false }
    this.watch = new WatchAccounts(desk, sessions, reconcile, new PassSchedule(pace), metrics)
    this.tend = new TendOrders(desk, gate, sessions, this.evidence)
    const takeUp = new TakeUpAttempts(desk, resolver, cancels)
    this.recovery = new RecoverAttempts(desk, attempts, writer, takeUp, now)
    this.recovery.onLost((lost) => {
      for (const owned of lost) if (this.desk.holds(owned)) this.desk.drop(owned.partition)
    })
    const log = new CommandLogStore(attemptStore, leaseStore)
    this.commands = new TakeCommands(desk, log, gate, this.lanes, cancels)
  }

  /** Takes the partitions, takes up what an earlier owner left, and listens. */
  async start(): Promise<void> {
    const held = (await this.takeLeases()).map((owned) => ({ ...owned, validUntilMs: Number.POSITIVE_INFINITY }))
    for (const one of held) this.desk.hold(one)
    await this.recovery.load(held)
    this.recovery.resume(held)
    if (!this.alive) return
    this.timers.push(setInterval(() => void this.upkeep(), upkeepEveryMs))
  }

  /** In a transaction: what an earlier owner is just committing comes first, and its next one finds itself fenced off. */
  private async takeLeases(): Promise<readonly OwnedPartition[]> {
    const { leases, partitions } = this.means
    for (;;) {
      try {
        return await this.database.transact(() => Promise.resolve(this.isLeaving ? [] : leases.take(partitions)))
      } catch {
        await passed(leaseRetryMs)
      }
    }
  }

  /** Its lease has run out: it sends nothing more, but what is under way may still come back to it. */
  loseLease(): void {
    this.isLeaving = true
    for (const held of this.desk.heldPartitions()) held.validUntilMs = this.means.time.monotonicMs()
  }

  kill(): void {
    this.alive = false
    this.connection.drop()
    this.lanes.stop()
    for (const timer of this.timers) clearInterval(timer)
  }

  /** One message of commands; resolves once they are stored. */
  async take({ subject, events }: Delivery): Promise<void> {
    let current: Transaction | undefined
    const lane = isUrgentSubject(subject) ? 'exits' : 'entries'
    try {
      await this.database.transact(async (tx) => {
        current = tx
        await this.commands.settleDoubts(tx, lane)
        const fresh = await freshEvents(this.means.database, tx, durable, events)
        if (fresh.length > 0) await this.commands.execute(fresh as never, tx)
      })
    } catch (error) {
      if (current !== undefined) this.commands.rolledBack(current, lane, error instanceof DatabaseUnavailableError)
      throw error
    }
    if (current !== undefined) this.commands.committed(current)
  }

  private async upkeep(): Promise<void> {
    await this.watch.execute(reconcileEveryMs)
    await this.tend.execute()
  }

  private openSessions(): Map<string, AccountSession> {
    const open = new Map<string, AccountSession>()
    const { terms } = this.means
    const definition = definitionOf(terms)
    for (const [accountId, venue] of this.means.venues) {
      const session = venue.session(this.isAlive, this.means.defects)
      const account = {
        id: accountId,
        venue: terms.venue,
        environment: 'paper',
        status: 'AUTHORIZED',
        partition: partitionOf(accountId),
      }
      open.set(accountId, {
        account: account as never,
        definition,
        session,
        leverages: new BelievedLeverages(false, [], 0),
      })
      session.events((event) => {
        if (event.kind === 'order') void this.evidence.news(accountId, event.order)
        else if (event.kind === 'stream-up') this.watch.streamUp(accountId)
        else if (event.kind === 'stream-down') this.watch.streamDown(accountId)
      })
    }
    return open
  }
}

/** Accounts stay authorised here: the venue refuses orders, never keys. */
const health = { authFailed: () => Promise.resolve() } as never

const budgets = {
  clientOrderId: (command: { intentId: string }) => encodeClientOrderId(clientId, command.intentId),
  uniquenessOf: () => clientId.uniqueness,
  spend: () => 0,
  close: () => undefined,
} as never
