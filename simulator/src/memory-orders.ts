/**
 * What the stores of `orders` do for brackets, in memory. Called by the simulated process through the service's port.
 * Must never be kinder than the SQL it stands for.
 */
import type { Transaction } from '@tradewire/database/transaction'
import type { FollowId, SignalId } from '@tradewire/kernel/ids'
import { type Bracket, holdsSlot } from '@tradewire/orders/domain/bracket'
import type { Leg } from '@tradewire/orders/domain/leg'
import type { SignalPlan } from '@tradewire/orders/domain/signal-plan'
import { type BracketChange, Brackets, type OpenBracketsQuery } from '@tradewire/orders/ports/brackets.port'
import type { Defects } from './defects.ts'
import { Table } from './memory-database.ts'

const ended: ReadonlySet<string> = new Set(['denied', 'closed', 'failed'])

export class MemoryBrackets extends Brackets {
  readonly rows = new Table<Bracket>()
  readonly plans = new Table<SignalPlan>()
  private readonly sequences = new Table<number>()
  private readonly defects: Defects

  constructor(defects: Defects) {
    super()
    this.defects = defects
  }

  /** As the unique index over slots has it. */
  hasSlot(followId: FollowId): boolean {
    const early = this.defects.freesSlotEarly === true
    const holds = (bracket: Bracket): boolean => (early ? !ended.has(bracket.state) : holdsSlot(bracket))
    return this.rows.all().some((bracket) => bracket.followId === followId && holds(bracket))
  }

  lock(_tx: Transaction, bracketIds: readonly string[]): Promise<Bracket[]> {
    const locked = [...new Set(bracketIds)].toSorted().flatMap((id) => this.rows.get(id) ?? [])
    if (this.defects.trustsAskedStops === true) return Promise.resolve(locked.map(withTrustedStops))
    return Promise.resolve(this.defects.leavesTargets === true ? locked.map(withForgottenTargets) : locked)
  }

  plansOf(_tx: Transaction, signalIds: readonly SignalId[]): Promise<Map<SignalId, SignalPlan>> {
    return Promise.resolve(new Map(signalIds.map((id) => [id, this.plans.get(id)!])))
  }

  save(tx: Transaction, changes: readonly BracketChange[]): Promise<void> {
    for (const { after } of changes) this.rows.put(tx, after.bracketId, after)
    return Promise.resolve()
  }

  countOn(tx: Transaction, events: ReadonlyMap<string, number>): Promise<Map<string, number>> {
    const counted = new Map<string, number>()
    for (const [accountId, count] of events) {
      const value = (this.sequences.get(accountId) ?? 0) + count
      this.sequences.put(tx, accountId, value)
      counted.set(accountId, value)
    }
    return Promise.resolve(counted)
  }

  openIds({ of: { followId } }: OpenBracketsQuery): Promise<string[]> {
    const open = this.rows.all().filter(({ state }) => !ended.has(state))
    const wanted = open.filter((bracket) => followId === undefined || bracket.followId === followId)
    return Promise.resolve(wanted.map(({ bracketId }) => bracketId))
  }

  holdingIds(of: { readonly accountId: string; readonly symbol: string; readonly side: string }): Promise<string[]> {
    const held = this.rows.all().filter((bracket) => {
      const same = bracket.accountId === of.accountId && bracket.symbol === of.symbol && bracket.side === of.side
      return same && holdsSlot(bracket)
    })
    return Promise.resolve(held.map(({ bracketId }) => bracketId))
  }

  dueIds(now: Date, limit: number): Promise<string[]> {
    const at = now.toISOString()
    const due = this.rows.all().filter(({ wakeAt }) => wakeAt !== null && wakeAt <= at)
    return Promise.resolve(due.slice(0, limit).map(({ bracketId }) => bracketId))
  }
}

function withTrustedStops(bracket: Bracket): Bracket {
  const trusted = (leg: Leg): Leg =>
    leg.purpose === 'stop' && leg.state === 'submitted' ? { ...leg, state: 'working' } : leg
  return { ...bracket, legs: bracket.legs.map(trusted) }
}

/** As if their end had been asked for already. */
function withForgottenTargets(bracket: Bracket): Bracket {
  const forgotten = (leg: Leg): Leg =>
    leg.purpose === 'target' && leg.state === 'working' ? { ...leg, cancelRequested: true } : leg
  return { ...bracket, legs: bracket.legs.map(forgotten) }
}
