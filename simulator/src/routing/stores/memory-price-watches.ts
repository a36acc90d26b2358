/**
 * What is watched for and the trails that it hangs on, in memory, and the prices of the simulated venue.
 * Called through the service's own ports. Must never be kinder than the SQL it stands for.
 */
import type { Transaction } from '@tradewire/database/transaction'
import { type Decimal, maximum, minimum } from '@tradewire/kernel/decimal'
import type { Bracket } from '@tradewire/orders/domain/bracket/bracket'
import { isBlind, isWatching, type Leg } from '@tradewire/orders/domain/bracket/leg'
import type { BracketChange } from '@tradewire/orders/ports/brackets.port'
import {
  type KnownTrail,
  PriceWatches,
  type WatchedLeg,
  type WatchedLegsQuery,
} from '@tradewire/orders/ports/price-watches.port'
import { type MemoryTransaction, Table } from './memory-database.ts'
import type { VirtualTime } from '../virtual-time.ts'

interface WatchedRow extends WatchedLeg {
  readonly trailId: string
  readonly blind: boolean
  /** False once it has ended. */
  readonly waits: boolean
}

interface TrailRow extends Omit<KnownTrail, 'sighted' | 'blind'> {
  readonly signalId: string
}

export class MemoryPriceWatches extends PriceWatches {
  private readonly legs = new Table<WatchedRow>()
  private readonly trailRows = new Table<TrailRow>()
  /** As rows that refer to another one lock it: who began to hang on a trail, and has not committed yet. */
  private readonly beginning = new Map<string, MemoryTransaction>()
  private readonly dropped = new Set<string>()
  private readonly time: VirtualTime
  private count = 0

  constructor(time: VirtualTime) {
    super()
    this.time = time
  }

  async keep(tx: Transaction, changes: readonly Pick<BracketChange, 'before' | 'after'>[]): Promise<void> {
    const own = tx as MemoryTransaction
    for (const { before, after } of changes) {
      const was = new Map(before.legs.filter(isWatching).map((leg) => [leg.leg, leg]))
      for (const leg of after.legs.filter(isWatching)) {
        const known = was.get(leg.leg)
        was.delete(leg.leg)
        if (known === undefined) await this.begin(own, after, leg)
        else if (isBlind(known) !== isBlind(leg)) this.turn(own, keyOf(after, leg), { blind: isBlind(leg) })
      }
      for (const leg of was.values()) this.turn(own, keyOf(after, leg), { waits: false })
    }
  }

  trails(): Promise<KnownTrail[]> {
    const hanging = this.legs.all().filter(({ waits }) => waits)
    const rows = this.trailRows.all().filter(({ trailId }) => !this.dropped.has(trailId))
    return Promise.resolve(
      rows.map(({ signalId: _, ...trail }) => {
        const own = hanging.filter(({ trailId }) => trailId === trail.trailId)
        return { ...trail, sighted: own.some(({ blind }) => !blind), blind: own.some(({ blind }) => blind) }
      }),
    )
  }

  move(trails: readonly KnownTrail[]): Promise<void> {
    for (const { trailId, best, fired, seenAt } of trails) {
      const row = this.trailRows.get(trailId)!
      const farther = row.side === 'sell' ? maximum : minimum
      const bests = [row.best, best].filter((one) => one !== null)
      const moved: TrailRow = {
        ...row,
        best: bests.length < 2 ? (bests[0] ?? null) : farther(bests[0]!, bests[1]!),
        fired: row.fired ?? fired,
        seenAt: row.seenAt > seenAt ? row.seenAt : seenAt,
      }
      this.trailRows.commit(trailId, moved, this.trailRows.commitOf(trailId))
    }
    return Promise.resolve()
  }

  legsOf({ trailId, blind, after, limit }: WatchedLegsQuery): Promise<WatchedLeg[]> {
    const found = this.legs.all().filter((row) => {
      const isMeant = row.waits && row.trailId === trailId && (blind === null || row.blind === blind)
      return isMeant && row.bracketId > (after ?? '')
    })
    return Promise.resolve(found.toSorted((a, b) => (a.bracketId < b.bracketId ? -1 : 1)).slice(0, limit))
  }

  drop(trailIds: readonly string[]): Promise<void> {
    for (const trailId of trailIds) {
      const { phase = 'ended' } = this.beginning.get(trailId) ?? {}
      const hangs = this.legs.all().some((row) => row.waits && row.trailId === trailId)
      if (phase === 'ended' && !hangs) this.dropped.add(trailId)
    }
    return Promise.resolve()
  }

  private async begin(tx: MemoryTransaction, bracket: Bracket, leg: Leg): Promise<void> {
    await tx.statement()
    const trail = this.restingTrail(tx, bracket, leg) ?? this.newTrail(tx, bracket, leg)
    this.beginning.set(trail.trailId, tx)
    const { bracketId } = bracket
    const row = { bracketId, leg: leg.leg, trailId: trail.trailId, blind: false, waits: true }
    this.legs.put(tx, keyOf(bracket, leg), row)
  }

  private restingTrail(tx: Transaction, { signalId }: Bracket, { triggerPrice, callbackRatePercent }: Leg) {
    return this.trailRows.all(tx).find((trail) => {
      const sameRate = isSame(trail.callbackRatePercent, callbackRatePercent)
      const rests = trail.best === null && !this.dropped.has(trail.trailId)
      return rests && trail.signalId === signalId && sameRate && isSame(trail.activation, triggerPrice)
    })
  }

  private newTrail(tx: Transaction, { signalId, venue, environment, symbol }: Bracket, leg: Leg): TrailRow {
    this.count += 1
    const trail: TrailRow = {
      trailId: String(this.count),
      signalId,
      venue,
      environment,
      symbol,
      side: leg.side,
      activation: leg.triggerPrice!,
      callbackRatePercent: leg.callbackRatePercent,
      best: null,
      fired: null,
      seenAt: this.time.now().toISOString(),
    }
    this.trailRows.put(tx, trail.trailId, trail)
    return trail
  }

  private turn(tx: Transaction, key: string, changes: Partial<Pick<WatchedRow, 'blind' | 'waits'>>): void {
    this.legs.put(tx, key, { ...this.legs.get(key, tx)!, ...changes })
  }
}

function keyOf({ bracketId }: Bracket, { leg }: Leg): string {
  return `${bracketId} ${leg}`
}

function isSame(one: Decimal | null, other: Decimal | null): boolean {
  return one === null || other === null ? one === other : one.eq(other)
}
