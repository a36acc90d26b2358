/**
 * Watches the prices that exits without an order at the venue wait for, and has their brackets send them. Called on a timer.
 * Must never cost a statement for each follower: all of a signal follow one trail, and are told in batches; nor let one
 * that cannot be moved hold up the others.
 */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import type { Decimal } from '@tradewire/kernel/decimal'
import type { BracketNews } from '../../domain/bracket/bracket.ts'
import { follow } from '../../domain/exits/trail.ts'
import {
  type FiredAt,
  type KnownTrail,
  PriceWatches,
  type WatchedLeg,
  type WatchedLegsQuery,
} from '../../ports/price-watches.port.ts'
import { type PricePlace, VenuePrices } from '../../ports/venue-prices.port.ts'
import { AdvanceBatch } from '../advance-batch/advance-batch.use-case.ts'

/** Brackets moved in one transaction. */
const batchRows = 200
/** That a price came is noted this often within the time after which none counts as lost. */
const notedShare = 4

/** By place, then by symbol. */
type Prices = ReadonlyMap<string, ReadonlyMap<string, Decimal>>

@Injectable()
export class WatchPrices {
  constructor(
    private readonly watches: PriceWatches,
    private readonly prices: VenuePrices,
    private readonly clock: Clock,
    private readonly advanceBatch: AdvanceBatch,
  ) {}

  /** `blindAfterMs`: so long without a price counts as none. */
  async execute(blindAfterMs: number): Promise<void> {
    const known = await this.watches.trails()
    if (known.length === 0) return
    const wanted = known.filter(({ sighted, blind }) => sighted || blind)
    const idle = known.filter((trail) => !wanted.includes(trail))
    if (idle.length > 0) await this.watches.drop(idle.map(({ trailId }) => trailId))
    const moved = this.moved(wanted, await this.read(wanted), blindAfterMs / notedShare)
    const changed = moved.filter((trail, index) => trail !== wanted[index])
    // Stored before anybody is told: a process that ends half way leaves the rest of the brackets to the next look.
    if (changed.length > 0) await this.watches.move(changed)
    const failed: unknown[] = []
    for (const trail of moved) {
      const told = trail.fired === null ? this.tellSight(trail, blindAfterMs) : this.fire(trail, trail.fired)
      // The others do not wait for one that cannot be told; the next look tries it again.
      await told.catch((error: unknown) => failed.push(error))
    }
    if (failed.length > 0) throw new AggregateError(failed, 'some of what is watched could not be told')
  }

  private async read(trails: readonly KnownTrail[]): Promise<Prices> {
    const waiting = trails.filter(({ fired }) => fired === null)
    const byPlace = Map.groupBy(waiting, placeName)
    const answers = [...byPlace].map(async ([name, group]) => {
      const symbols = [...new Set(group.map(({ symbol }) => symbol))]
      return [name, await this.prices.of(group[0]!, symbols)] as const
    })
    return new Map(await Promise.all(answers))
  }

  private moved(trails: readonly KnownTrail[], prices: Prices, noteEveryMs: number): KnownTrail[] {
    const now = this.clock.now()
    const at = now.toISOString()
    return trails.map((known) => {
      const price = prices.get(placeName(known))?.get(known.symbol)
      if (price === undefined || known.fired !== null) return known
      const { trail, fires } = follow(known, price)
      if (fires) return { ...trail, seenAt: at, fired: { at, price } }
      const noted = now.getTime() - Date.parse(known.seenAt) < noteEveryMs
      return noted ? trail : { ...trail, seenAt: at }
    })
  }

  private fire({ trailId, best }: KnownTrail, { at, price }: FiredAt): Promise<void> {
    return this.tellAll({ trailId, blind: null }, (leg) => ({ kind: 'fired', leg, price, best, at }))
  }

  /** Whether prices come is told to those that know otherwise. */
  private async tellSight({ trailId, seenAt, sighted, blind }: KnownTrail, blindAfterMs: number): Promise<void> {
    const isBlind = this.clock.now().getTime() - Date.parse(seenAt) > blindAfterMs
    if (isBlind ? !sighted : !blind) return
    await this.tellAll({ trailId, blind: !isBlind }, () => ({ kind: 'blind', since: isBlind ? seenAt : null }))
  }

  private async tellAll(
    of: Pick<WatchedLegsQuery, 'trailId' | 'blind'>,
    newsOf: (leg: string) => BracketNews,
  ): Promise<void> {
    let after: string | null = null
    do {
      const legs: WatchedLeg[] = await this.watches.legsOf({ ...of, after, limit: batchRows })
      if (legs.length === 0) return
      const newsById = new Map(legs.map(({ bracketId, leg }) => [bracketId, { news: [newsOf(leg)], trace: null }]))
      // One that cannot be moved is still watched for: the next look tries it again.
      await this.advanceBatch.execute(newsById)
      after = legs.length < batchRows ? null : legs.at(-1)!.bracketId
    } while (after !== null)
  }
}

function placeName({ venue, environment }: PricePlace): string {
  return `${venue} ${environment}`
}
