/**
 * One venue session per account of the partitions that this process holds. Called by all that talk to a venue.
 * Must never keep an account's credentials anywhere but in its session.
 */
import { Injectable } from '@nestjs/common'
import type { BrokerError, RateLimitedError } from '@tradewire/broker-kit/broker-error'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerSession, SessionEvent } from '@tradewire/broker-kit/broker-session'
import type { BrokerDependencies, BrokerEnvironment } from '@tradewire/broker-kit/define-broker'
import type { Venue } from '@tradewire/contracts/common'
import { Clock } from '@tradewire/kernel/clock'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { Metrics } from '@tradewire/observability/metrics'
import { type BrokersConfig, connectionsMaxOf, platformTokensOf } from '#config'
import { BelievedLeverages } from '#domain/account/believed-leverages'
import { Accounts, type UnsealedAccount } from '#ports/accounts.port'
import { Brokers } from '#ports/brokers.port'
import { type AccountSession, type SessionResult, Sessions } from '#ports/sessions.port'
import { BudgetedSession, type Timed } from './budgeted-session.client.ts'
import { Budgets } from './budgets.client.ts'

type SessionEventListener = (accountId: string, event: SessionEvent) => Promise<void>

/** Streams are opened a few at a time: a thousand handshakes at once would stall orders. */
const streamsPerTick = 16
const streamTickMs = 20

/** Time, chance, budgets and what is measured, as sessions get them. */
@Injectable()
export class AdapterMeans {
  constructor(
    readonly clock: Clock,
    readonly randomness: Randomness,
    readonly budgets: Budgets,
    private readonly metrics: Metrics,
  ) {}

  /** Times the calls that change something at this venue. */
  timing(venue: Venue): Timed {
    const seconds = this.metrics.histogram('venue_answer_seconds', 'From an order or cancel to what the venue answered')
    return async (call, work) => {
      const beganMs = this.clock.monotonicMs()
      const answer = await work()
      const outcome = answer.ok ? 'ok' : answer.error.kind
      seconds.record((this.clock.monotonicMs() - beganMs) / 1_000, { venue, call, outcome })
      return answer
    }
  }
}

@Injectable()
export class VenueSessions extends Sessions {
  private readonly sessions = new Map<string, AccountSession>()
  private readonly connecting = new Map<string, Promise<SessionResult>>()
  private readonly streamsWaiting: AccountSession[] = []
  private streamTimer: NodeJS.Timeout | null = null
  private listener: SessionEventListener = () => Promise.resolve()
  private openedListener: (opened: AccountSession) => void = () => undefined
  private readonly dependencies: BrokerDependencies

  constructor(
    private readonly accounts: Accounts,
    private readonly brokers: Brokers,
    private readonly means: AdapterMeans,
    @InjectConfig() config: BrokersConfig,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
    this.dependencies = {
      clock: means.clock,
      randomness: means.randomness,
      log: logger,
      paperUrl: config.paperUrl.replace(/\/$/, ''),
      connectionsMax: connectionsMaxOf(config),
      requestTimeoutMs: config.requestTimeoutMs,
      platformTokens: platformTokensOf(config),
    }
  }

  onEvent(listener: SessionEventListener): void {
    this.listener = listener
  }

  onOpened(listener: (opened: AccountSession) => void): void {
    this.openedListener = listener
  }

  known(accountId: string): AccountSession | undefined {
    return this.sessions.get(accountId)
  }

  all(): readonly AccountSession[] {
    return [...this.sessions.values()]
  }

  async get(accountId: string): Promise<SessionResult> {
    const known = this.sessions.get(accountId)
    if (known !== undefined) return ok(known)
    const unsealed = await this.accounts.unsealOne(accountId)
    if (unsealed === 'keys-unavailable') return err(brokerError.notSent('the master keys are out of reach'))
    if (unsealed === undefined || unsealed.account.status === 'UNAUTHORIZED') {
      return err(brokerError.authFailed('the account is not connected, or its credentials are refused'))
    }
    return this.adopt(unsealed)
  }

  adopt(unsealed: UnsealedAccount): Promise<SessionResult> {
    const { id } = unsealed.account
    const running = this.connecting.get(id)
    if (running !== undefined) return running
    const known = this.sessions.get(id)
    if (known !== undefined) return Promise.resolve(ok(known))
    const work = this.open(unsealed).finally(() => this.connecting.delete(id))
    this.connecting.set(id, work)
    return work
  }

  async probe(
    venue: Venue,
    environment: BrokerEnvironment,
    credentials: Record<string, string>,
  ): Promise<Result<BrokerSession, BrokerError>> {
    return this.brokers.of(venue).connect(credentials, { environment, dependencies: this.dependencies })
  }

  async forget(accountId: string): Promise<void> {
    const known = this.sessions.get(accountId)
    this.sessions.delete(accountId)
    await known?.session.close()
  }

  async closeAll(): Promise<void> {
    if (this.streamTimer !== null) clearInterval(this.streamTimer)
    await Promise.all([...this.sessions.keys()].map((accountId) => this.forget(accountId)))
  }

  private async open({ account, credentials, leverages: earlier }: UnsealedAccount): Promise<SessionResult> {
    const definition = this.brokers.of(account.venue)
    const connected = await this.probe(account.venue, account.environment, credentials)
    if (!connected.ok) return connected
    this.means.budgets.note(account.id, account.environment)
    const budget = {
      spend: (weight: number) => this.means.budgets.spendRead(account.venue, account.id, weight),
      close: (limited: RateLimitedError) => this.means.budgets.close(account.venue, account.id, limited),
    }
    const timed = this.means.timing(account.venue)
    const session = new BudgetedSession(connected.value, definition.readWeights, budget, timed)
    const isTold = definition.capabilities.leverage?.told === true
    const leverages = new BelievedLeverages(isTold, earlier, this.means.clock.monotonicMs())
    const opened: AccountSession = { account, definition, session, leverages }
    this.sessions.set(account.id, opened)
    this.openedListener(opened)
    this.openStreamSoon(opened)
    return ok(opened)
  }

  private heard(accountId: string, event: SessionEvent): void {
    if (event.kind === 'stream-down') {
      this.logger.debug({ accountId, reason: event.message }, 'a stream of updates is down')
    }
    this.listener(accountId, event).catch((error: unknown) => {
      this.logger.error({ err: error, accountId }, 'news of a venue could not be taken; the timer will read it')
    })
  }

  private openStreamSoon(session: AccountSession): void {
    this.streamsWaiting.push(session)
    this.streamTimer ??= setInterval(() => this.openStreams(), streamTickMs)
    this.streamTimer.unref()
  }

  private openStreams(): void {
    for (const each of this.streamsWaiting.splice(0, streamsPerTick)) {
      const { id } = each.account
      if (this.sessions.get(id) !== each || !each.definition.capabilities.streams.orders) continue
      each.session.events((event) => this.heard(id, event))
    }
    if (this.streamsWaiting.length > 0 || this.streamTimer === null) return
    clearInterval(this.streamTimer)
    this.streamTimer = null
  }
}
