/** What every measure is given: the servers, the parties, the options and a line for progress. Made by the command. */
import type { BenchStrategy, Followers } from '../parties/followers.ts'
import type { Ours } from '../parties/ours.ts'
import type { StrawMan } from '../parties/straw-man.ts'
import type { Stub } from '../parties/stub.ts'
import type { EventCounter } from './event-counter.ts'
import type { Servers } from './servers.ts'

export interface BenchOptions {
  readonly followers: number
  readonly pairs: number
  /** Answer delay of the stub exchange. */
  readonly delayMs: number
  readonly only: ReadonlySet<string> | undefined
  /** Also with 10,000 followers. */
  readonly large: boolean
  readonly historyRows: number
  /** Profiles of our processes are written here. */
  readonly profile: string | undefined
  /** Also BullMQ and pg-boss. */
  readonly peers: boolean
}

export interface Bench {
  readonly options: BenchOptions
  readonly directory: string
  readonly servers: Servers
  readonly stub: Stub
  progress(text: string): void
}

/** Both sides, ready for fan-outs. */
export interface World extends Bench {
  readonly straw: StrawMan
  readonly ours: Ours
  readonly followers: Followers
  readonly events: EventCounter
  /** Twenty strategies that everybody follows. */
  readonly wide: readonly BenchStrategy[]
  /** Strategies with one follower each. */
  readonly single: readonly BenchStrategy[]
  /** By number of followers. */
  readonly sized: ReadonlyMap<number, BenchStrategy>
}

/** Ours alone, ready for fan-outs. */
export type OursBench = Pick<World, 'servers' | 'stub' | 'ours' | 'events' | 'progress'>

export function wants({ only }: BenchOptions, ...names: readonly string[]): boolean {
  return only === undefined || names.some((name) => only.has(name))
}

/** Rounds of the venue: each connection carries one order at a time, and the first round's orders leave at once. */
export function delayFloorMs(orders: number, connections: number, delayMs: number): number {
  return (Math.ceil(orders / connections) - 1) * delayMs
}
