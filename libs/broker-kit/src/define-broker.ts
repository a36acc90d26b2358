/**
 * A venue is one object: identity, credentials form, capabilities, budgets and a way to connect.
 * Called by each adapter folder; the registry, the connect form and the brokers page read it.
 * Must never hold state: sessions do.
 */
import type { AccountEnvironment, Venue } from '@tradewire/contracts/common'
import type { Clock } from '@tradewire/kernel/clock'
import type { Randomness } from '@tradewire/kernel/randomness'
import type { Result } from '@tradewire/kernel/result'
import type { z } from 'zod'
import type { BrokerError, RateScope } from './broker-error.ts'
import type { BrokerSession } from './broker-session.ts'
import type { BrokerCapabilities } from './capabilities.ts'

/** `paper` speaks the venue's protocol to the simulated venue; `live` to the real one. */
export type BrokerEnvironment = AccountEnvironment

/** One of the venue's budgets; `scope` says what shares it. */
export interface RateLimit {
  readonly name: string
  readonly scope: RateScope
  readonly capacity: number
  readonly intervalMs: number
}

/** Cost of each kind of read in the venue's own weight. */
export interface ReadWeights {
  readonly order: number
  readonly openOrders: number
  readonly balances: number
  readonly positions: number
  readonly fills: number
  readonly rates: number
}

export interface BrokerLog {
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}

/** The platform's own account at a venue that lets in by one token for many accounts. */
export interface PlatformToken {
  /** Where the token is known; it is never shown to the other. */
  readonly environment: BrokerEnvironment
  readonly token: string
}

/** What an adapter needs of the process it runs in. */
export interface BrokerDependencies {
  readonly clock: Clock
  readonly randomness: Randomness
  readonly log: BrokerLog
  /** Base URL of the simulated venues, without a trailing slash. */
  readonly paperUrl: string
  /** Most requests to one venue at a time. */
  readonly connectionsMax: number
  readonly requestTimeoutMs: number
  /** For accounts that were connected without a token of their own. */
  readonly platformTokens?: Readonly<Partial<Record<Venue, PlatformToken>>>
}

export interface BrokerDefinition<Credentials extends z.ZodObject = z.ZodObject> {
  readonly id: Venue
  readonly title: string
  /** Drives the connect form; fields that are secret carry `.meta({ secret: true })`. */
  readonly credentials: Credentials
  readonly capabilities: BrokerCapabilities
  readonly rateLimits: readonly RateLimit[]
  /** What reads cost of the `egress` budget. */
  readonly readWeights: ReadWeights
  /** The live read lag can be far longer than the simulator's. */
  readonly paperReadLagMs: number
  connect(credentials: z.output<Credentials>, options: ConnectOptions): Promise<Result<BrokerSession, BrokerError>>
}

export interface ConnectOptions {
  readonly environment: BrokerEnvironment
  readonly dependencies: BrokerDependencies
}

export function defineBroker<Credentials extends z.ZodObject>(
  definition: BrokerDefinition<Credentials>,
): BrokerDefinition {
  return definition
}

/** For how long an accepted order may stay invisible in this environment. */
export function readLagMsOf(definition: BrokerDefinition, environment: BrokerEnvironment): number {
  return environment === 'paper' ? definition.paperReadLagMs : definition.capabilities.clientId.readLagMs
}
