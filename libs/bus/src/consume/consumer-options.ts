/** What a consumer is told and what it needs. Called by the runner and its groups. Must never hold state. */
import type { EventContract, EventOf } from '@tradewire/contracts/define-event'
import type { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { Clock } from '@tradewire/kernel/clock'
import type { Randomness } from '@tradewire/kernel/randomness'
import type { TransactionHooks } from './batch-processor.ts'
import type { BusLogger } from '../bus-logger.ts'
import type { BusMetrics } from '../bus-metrics.ts'
import type { Bus } from '../connection.ts'
import type { Haste, StreamName } from '../streams.ts'

/** An event of one of the contracts, told apart by its name. */
export type ConsumedEvent<Contract extends EventContract> = Contract extends EventContract
  ? EventOf<Contract> & { readonly name: Contract['name'] }
  : never

interface SharedOptions<Contract extends EventContract> {
  readonly contracts: readonly Contract[]
  readonly handler: (events: readonly ConsumedEvent<Contract>[], tx: Transaction) => Promise<void>
  readonly stream?: StreamName
  /** Up to this many logical events of waiting messages share one transaction. */
  readonly eventsMax?: number
  /** Transactions at once. */
  readonly concurrency?: number
  /** Only what its contracts call urgent, or only the rest; both when not given. */
  readonly haste?: Haste
  /** Events that share a key are handled in order, also with concurrency. */
  readonly key?: (event: ConsumedEvent<Contract>) => string | readonly string[]
  /** A message with such an event goes before others that wait, but for those it shares a key with. */
  readonly urgent?: (event: ConsumedEvent<Contract>) => boolean
}

export interface ConsumerOptions<Contract extends EventContract = EventContract> extends SharedOptions<Contract> {
  /** The durable's name and the inbox's key: the same for all replicas, stable for ever. Letters, digits, - and _. */
  readonly durable: string
  /** From the contracts when not given. */
  readonly filterSubjects?: readonly string[]
}

/** Durables come and go; what waits in any of them shares transactions. */
export interface GroupOptions<Contract extends EventContract = EventContract> extends SharedOptions<Contract> {
  /** For logs. */
  readonly name: string
  readonly hooks?: TransactionHooks
}

export interface RunningConsumer {
  /** Messages held and not yet answered. */
  readonly held: number
  /** Stops pulling, finishes the transactions that run, and gives the rest back to the server. */
  stop(): Promise<void>
}

export interface ConsumerRunnerDeps {
  readonly bus: Bus
  readonly database: Database
  readonly logger: BusLogger
  readonly clock: Clock
  readonly metrics?: BusMetrics
  readonly randomness?: Randomness
  /** Before the second, third ... delivery of a message that failed; the last one repeats. */
  readonly redeliveryWaitsMs?: readonly number[]
}
