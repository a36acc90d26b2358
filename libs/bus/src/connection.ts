/**
 * The one connection of a process to NATS, made in the background and kept for ever.
 * Started by startService; called by the relay, the consumer runner, the answerer and RpcClient.
 * Must never hold up a service's start: without NATS everything is kept in PostgreSQL (rule R1).
 */
import { jetstream, type JetStreamClient, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { EventContract } from '@tradewire/contracts/define-event'
import { allEvents } from '@tradewire/contracts/events/all'
import { SystemClock } from '@tradewire/kernel/clock'
import { type Randomness, SystemRandomness } from '@tradewire/kernel/randomness'
import { connect, type NatsConnection } from 'nats'
import { setTimeout as delay } from 'node:timers/promises'
import { backoffMs } from './backoff.ts'
import { type BusLogger, errorFields } from './bus-logger.ts'
import { BusTime } from './bus-time.ts'
import { serverAddress } from './server-address.ts'
import { IncompatibleServerError, refuseOldServer } from './server-version.ts'
import { ensureStreams, serverTimeMs } from './streams.ts'

export interface BusOptions {
  /** As serverAddress reads it. */
  readonly url: string
  readonly name: string
  readonly logger: BusLogger
  /** Every event of the system when not given; tests name their own. */
  readonly contracts?: readonly EventContract[]
  readonly randomness?: Randomness
  /** Who else goes by the time of NATS hands in their own. */
  readonly time?: BusTime
}

const firstConnectWaitMs = 2_000
const connectTimeoutMs = 2_000
const retryFirstMs = 100
const retryMostMs = 2_000
const pingIntervalMs = 5_000
const pingsUnansweredMax = 2
const flushWaitMs = 1_000
/** Clocks that drift by a second a day part by far less than a millisecond meanwhile. */
const timeEveryMs = 10_000

export type BusListener = () => void | Promise<void>

/** Thrown when the bus is asked for its connection while it has none. */
export class BusUnavailableError extends Error {
  override readonly name = 'BusUnavailableError'
}

interface Live {
  readonly connection: NatsConnection
  readonly jetstream: JetStreamClient
  readonly manager: JetStreamManager
}

export class Bus {
  private readonly options: BusOptions
  private readonly logger: BusLogger
  private readonly randomness: Randomness
  private readonly readyListeners = new Set<BusListener>()
  private readonly lostListeners = new Set<() => void>()
  private readonly stopping = new AbortController()
  private readonly time: BusTime
  private readonly timer: NodeJS.Timeout
  private live: Live | undefined
  private online = false
  /** Counts connections and reconnects: work begun under another number is stale. */
  private session = 0
  private establishing: Promise<void> = Promise.resolve()

  private constructor(options: BusOptions) {
    this.options = options
    this.logger = options.logger
    this.randomness = options.randomness ?? new SystemRandomness()
    this.time = options.time ?? new BusTime(new SystemClock())
    this.timer = setInterval(() => void this.askTimeAgain(), timeEveryMs).unref()
  }

  /**
   * Resolves once connected, or after two seconds without a server: connecting then goes on in the background.
   * Throws IncompatibleServerError when the server that answers is older than 2.10.
   */
  static async connect(options: BusOptions): Promise<Bus> {
    const bus = new Bus(options)
    bus.begin()
    const waited = new AbortController()
    try {
      await Promise.race([
        bus.establishing,
        delay(firstConnectWaitMs, undefined, { signal: waited.signal }).catch(() => undefined),
      ])
    } finally {
      waited.abort()
    }
    return bus
  }

  /** True while connected to a server that has our streams. */
  ready(): boolean {
    return this.online
  }

  connection(): NatsConnection {
    return this.current().connection
  }

  jetstream(): JetStreamClient {
    return this.current().jetstream
  }

  manager(): JetStreamManager {
    return this.current().manager
  }

  /** The time of NATS in epoch milliseconds, by which processes agree whatever their own clocks show. */
  nowMs(): number {
    const nowMs = this.time.nowMs()
    if (nowMs === undefined) throw new BusUnavailableError('NATS has not told its time yet')
    return nowMs
  }

  /** Runs at each connect and reconnect once the streams stand; at once if that is so now. Returns the way to stop. */
  onReady(listener: BusListener): () => void {
    this.readyListeners.add(listener)
    if (this.online) this.run(listener)
    return () => this.readyListeners.delete(listener)
  }

  /** Runs at once when the connection breaks. */
  onLost(listener: () => void): () => void {
    this.lostListeners.add(listener)
    return () => this.lostListeners.delete(listener)
  }

  /** Looks again whether the streams stand: for a publisher or consumer that found one missing. */
  recheck(): void {
    if (!this.online) return
    this.lose()
    void this.prepare()
  }

  /** Sends what is written and closes; quick also when NATS is away. */
  async close(): Promise<void> {
    const connection = this.live?.connection
    if (this.online) await Promise.race([connection?.flush().catch(() => undefined), this.pause(flushWaitMs)])
    this.stopping.abort()
    clearInterval(this.timer)
    this.lose()
    await connection?.close()
    await this.establishing.catch(() => undefined)
  }

  private current(): Live {
    if (this.live === undefined || !this.online) throw new BusUnavailableError('NATS is not reachable')
    return this.live
  }

  private begin(): void {
    this.establishing = this.establish()
    this.establishing.catch((error: unknown) => this.logger.error(errorFields(error), 'the bus cannot be used'))
  }

  private async establish(): Promise<void> {
    for (let attempt = 0; !this.stopping.signal.aborted; attempt += 1) {
      try {
        const connection = await this.dial()
        if (this.stopping.signal.aborted) return await connection.close()
        await this.adopt(connection)
        return
      } catch (error) {
        if (error instanceof IncompatibleServerError) throw error
        const retryMs = backoffMs(attempt, retryFirstMs, retryMostMs, this.randomness)
        if (attempt === 0) this.logger.warn(errorFields(error), 'NATS is not reachable; trying again until it is')
        await this.pause(retryMs)
      }
    }
  }

  private dial(): Promise<NatsConnection> {
    return connect({
      ...serverAddress(this.options.url),
      name: this.options.name,
      timeout: connectTimeoutMs,
      pingInterval: pingIntervalMs,
      maxPingOut: pingsUnansweredMax,
      maxReconnectAttempts: -1,
      // A login that is refused now, or not looked at in time by a busy server, may be taken later.
      ignoreAuthErrorAbort: true,
      reconnectDelayHandler: () => backoffMs(1, retryFirstMs, retryMostMs, this.randomness),
      // A stack trace per request costs more than the request.
      noAsyncTraces: true,
    })
  }

  private async adopt(connection: NatsConnection): Promise<void> {
    try {
      refuseOldServer(connection.info?.version ?? '0')
    } catch (error) {
      await connection.close()
      throw error
    }
    const manager = await jetstreamManager(connection, { checkAPI: false })
    this.live = { connection, jetstream: jetstream(connection), manager }
    void this.watch(connection)
    await this.prepare()
  }

  /** The client connects again by itself. Should it give up all the same, another connection takes its place. */
  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        if (!this.stopping.signal.aborted) this.logger.warn({ server: status.server }, 'the connection to NATS broke')
        this.lose()
      }
      if (status.type === 'reconnect') void this.prepare()
    }
    if (this.stopping.signal.aborted) return
    this.logger.warn({}, 'the connection to NATS was given up; another one is made')
    this.lose()
    this.begin()
  }

  private lose(): void {
    this.session += 1
    if (!this.online) return
    this.online = false
    for (const listener of this.lostListeners) listener()
  }

  /** Until the streams stand the bus is not ready: a server that has just started may refuse for a while. */
  private async prepare(): Promise<void> {
    this.session += 1
    const session = this.session
    for (let attempt = 0; session === this.session && !this.stopping.signal.aborted; attempt += 1) {
      try {
        const { connection, manager } = this.live!
        refuseOldServer(connection.info?.version ?? '0')
        await ensureStreams(manager, this.contracts)
        await this.askTime(manager)
        if (session !== this.session) return
        this.online = true
        this.logger.info({ server: connection.getServer(), version: connection.info?.version }, 'the bus is ready')
        for (const listener of this.readyListeners) this.run(listener)
        return
      } catch (error) {
        if (attempt === 0) this.logger.warn(errorFields(error), 'the streams are not ready yet')
        await this.pause(backoffMs(attempt, retryFirstMs, retryMostMs, this.randomness))
      }
    }
  }

  private get contracts(): readonly EventContract[] {
    return this.options.contracts ?? allEvents
  }

  private askTime(manager: JetStreamManager): Promise<void> {
    return this.time.observe(() => serverTimeMs(manager, this.contracts))
  }

  /** What is known goes on when no answer comes. */
  private async askTimeAgain(): Promise<void> {
    if (!this.online) return
    try {
      await this.askTime(this.manager())
    } catch (error) {
      this.logger.warn(errorFields(error), 'NATS does not tell its time')
    }
  }

  private run(listener: BusListener): void {
    Promise.resolve()
      .then(listener)
      .catch((error: unknown) => this.logger.error(errorFields(error), 'a listener of the bus failed'))
  }

  private async pause(durationMs: number): Promise<void> {
    await delay(durationMs, undefined, { signal: this.stopping.signal }).catch(() => undefined)
  }
}
