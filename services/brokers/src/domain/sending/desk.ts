/**
 * The open orders that this process answers for, in memory: attempts, lanes, and which partitions are held.
 * Called by every use case of placement. Pure state; must never be trusted after its partition's lease has ended.
 */
import type { Venue } from '@tradewire/contracts/common'
import { isExit } from '@tradewire/broker-kit/approved-order'
import { partitionOf } from '@tradewire/kernel/partition'
import type { Attempt, AttemptState } from '../attempt/attempt.ts'
import { type LaneItem, type LaneSlots, Lanes } from './lanes.ts'

export interface LaneWork extends LaneItem {
  readonly kind: 'submit' | 'cancel'
  readonly intentId: string
}

export interface HeldPartition {
  readonly partition: number
  readonly generation: string
  /** Monotonic time of this process after which nothing may be sent for the partition. */
  validUntilMs: number
}

/** An attempt in memory; `attempt` is replaced as evidence comes. */
export interface OpenAttempt {
  attempt: Attempt
  readonly generation: string
  readonly trace: string | null
  /** A cancel stands in a lane or is on its way. */
  cancelling: boolean
  /** order.unknown was told: it is told once. */
  unknownTold: boolean
  /** The venue refused a second order with this id, which proves the first: absence no longer means anything. */
  provedAtVenue: boolean
}

const unsettled: ReadonlySet<AttemptState> = new Set(['queued', 'submitting', 'unknown'])

export function openAttempt(attempt: Attempt, generation: string, trace: string | null): OpenAttempt {
  const unknownTold = attempt.state === 'unknown'
  return { attempt, generation, trace, cancelling: false, unknownTold, provedAtVenue: false }
}

export class Desk {
  private readonly open = new Map<string, OpenAttempt>()
  /** Our client order ids carry the whole intent id, so they are unique over all accounts. */
  private readonly byClientId = new Map<string, OpenAttempt>()
  private readonly byAccount = new Map<string, Set<OpenAttempt>>()
  private readonly lanes = new Map<Venue, Lanes<LaneWork>>()
  private readonly held = new Map<number, HeldPartition>()
  /** Accounts whose venue has been read since they were connected: the others take no entries. */
  private readonly admitted = new Set<string>()
  private readonly filled = new Map<string, Map<string, number>>()
  private workListener: (venue: Venue) => void = () => undefined
  private queuedListener: (accountId: string) => void = () => undefined

  constructor(private readonly slots: LaneSlots) {}

  // --- partitions ---

  hold(partition: HeldPartition): void {
    this.held.set(partition.partition, partition)
  }

  heldPartition(partition: number): HeldPartition | undefined {
    return this.held.get(partition)
  }

  /** In this generation, not in a later one. */
  holds({ partition, generation }: Pick<HeldPartition, 'partition' | 'generation'>): boolean {
    return this.held.get(partition)?.generation === generation
  }

  heldPartitions(): readonly HeldPartition[] {
    return [...this.held.values()]
  }

  /** True while nobody else can own the partition. */
  maySend(partition: number, nowMs: number): boolean {
    return nowMs < (this.held.get(partition)?.validUntilMs ?? Number.NEGATIVE_INFINITY)
  }

  /** Forgets a partition with all its attempts; what waited in lanes is gone too. */
  drop(partition: number): void {
    this.held.delete(partition)
    const dropped = [...this.open.values()].filter(({ attempt }) => attempt.partition === partition)
    const ids = new Set(dropped.map(({ attempt }) => attempt.command.intentId))
    for (const one of dropped) this.forget(one)
    for (const accountId of this.admitted) if (partitionOf(accountId) === partition) this.admitted.delete(accountId)
    for (const lanes of this.lanes.values()) lanes.removeAll(({ intentId }) => ids.has(intentId))
  }

  // --- attempts ---

  add(one: OpenAttempt): void {
    const { command, clientOrderId } = one.attempt
    this.open.set(command.intentId, one)
    this.byClientId.set(clientOrderId, one)
    const siblings = this.byAccount.get(command.accountId) ?? new Set()
    siblings.add(one)
    this.byAccount.set(command.accountId, siblings)
  }

  forget(one: OpenAttempt): void {
    const { command, clientOrderId } = one.attempt
    this.open.delete(command.intentId)
    this.byClientId.delete(clientOrderId)
    const siblings = this.byAccount.get(command.accountId)
    siblings?.delete(one)
    if (siblings?.size === 0) this.byAccount.delete(command.accountId)
  }

  find(intentId: string): OpenAttempt | undefined {
    return this.open.get(intentId)
  }

  findByClientId(accountId: string, clientOrderId: string): OpenAttempt | undefined {
    const one = this.byClientId.get(clientOrderId)
    return one?.attempt.command.accountId === accountId ? one : undefined
  }

  ofAccount(accountId: string): readonly OpenAttempt[] {
    return [...(this.byAccount.get(accountId) ?? [])]
  }

  hasAttempts(accountId: string): boolean {
    return this.byAccount.has(accountId)
  }

  /** Orders of the account that have not left, or that the venue does not have. */
  hasQueued(accountId: string): boolean {
    return this.ofAccount(accountId).some(({ attempt }) => attempt.state === 'queued')
  }

  accountsWithAttempts(): readonly string[] {
    return [...this.byAccount.keys()]
  }

  /** Orders that have not left, or of which nobody knows yet whether the venue has them. */
  get hasUnsettled(): boolean {
    return this.open.values().some(({ attempt }) => unsettled.has(attempt.state))
  }

  // --- accounts ---

  /** An order of ours was filled: whose the position is has to be counted again. */
  noteFill({ accountId, symbol }: { readonly accountId: string; readonly symbol: string }, atMs: number): void {
    const known = this.filled.get(accountId)
    if (known === undefined) this.filled.set(accountId, new Map([[symbol, atMs]]))
    else known.set(symbol, atMs)
  }

  /** Whose the position is has not been counted since. */
  hasFilled(accountId: string): boolean {
    return this.filled.has(accountId)
  }

  /** The symbols noted since the last call, with their latest moments. */
  takeFilled(accountId: string): ReadonlyMap<string, number> {
    const symbols = this.filled.get(accountId) ?? new Map()
    this.filled.delete(accountId)
    return symbols
  }

  isAdmitted(accountId: string): boolean {
    return this.admitted.has(accountId)
  }

  admit(accountId: string, venue: Venue): void {
    if (this.admitted.has(accountId)) return
    this.admitted.add(accountId)
    this.lanesOf(venue).recheck(accountId)
    this.wake(venue)
  }

  suspend(accountId: string, venue: Venue): void {
    if (this.admitted.delete(accountId)) this.lanesOf(venue).recheck(accountId)
  }

  // --- lanes ---

  lanesOf(venue: Venue): Lanes<LaneWork> {
    const known = this.lanes.get(venue)
    if (known !== undefined) return known
    const lanes = new Lanes<LaneWork>(this.slots, (accountId) => this.admitted.has(accountId))
    this.lanes.set(venue, lanes)
    return lanes
  }

  /** Orders are on their way to a venue. */
  get isBusy(): boolean {
    return this.lanes.values().some((lanes) => lanes.isBusy)
  }

  onWork(listener: (venue: Venue) => void): void {
    this.workListener = listener
  }

  /** Something may be sent that could not before. */
  wake(venue: Venue): void {
    this.workListener(venue)
  }

  enqueue(one: OpenAttempt, kind: LaneWork['kind']): void {
    const { venue, accountId } = one.attempt.command
    this.lanesOf(venue).add(workOf(one.attempt, kind))
    this.wake(venue)
    if (kind === 'submit') this.queuedListener(accountId)
  }

  /** Called with the account of each order that begins to wait in its lane. */
  onQueued(listener: (accountId: string) => void): void {
    this.queuedListener = listener
  }
}

export function workOf(attempt: Attempt, kind: LaneWork['kind']): LaneWork {
  const { intentId, accountId } = attempt.command
  return {
    id: kind === 'submit' ? intentId : `cancel ${intentId}`,
    kind,
    intentId,
    accountId,
    exit: kind === 'cancel' || isExit(attempt.command),
  }
}
