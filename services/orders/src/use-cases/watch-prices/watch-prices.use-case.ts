/**
 * Watches the prices that exits without an order at the venue wait for, and has their brackets send them. Called on a timer.
 * Must never cost a statement for each follower: all of a signal follow one trail, and are told in batches.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { Decimal } from '@tradewire/kernel/decimal'
import type { BracketNews } from '../../domain/bracket.ts'
import { follow } from '../../domain/trail.ts'
import { type KnownTrail, PriceWatches, type WatchedLeg } from '../../ports/price-watches.port.ts'
import { VenuePrices } from '../../ports/venue-prices.port.ts'
import { AdvanceBrackets } from '../advance-brackets/advance-brackets.use-case.ts'

/** Brackets moved in one transaction. */
const batchRows = 200

type Prices = ReadonlyMap<string, ReadonlyMap<string, Decimal>>

@Injectable()
export class WatchPrices {
  constructor(
    private readonly database: Database,
    private readonly watches: PriceWatches,
    private readonly prices: VenuePrices,
    private readonly clock: Clock,
    private readonly advanceBrackets: AdvanceBrackets,
  ) {}

  async execute(): Promise<void> {
    const known = await this.watches.trails()
    if (known.length === 0) return
    const idle = known.filter(({ wanted }) => !wanted)
    if (idle.length > 0) await this.watches.drop(idle.map(({ trailId }) => trailId))
    const wanted = known.filter((trail) => trail.wanted)
    const moved = this.moved(wanted, await this.read(wanted))
    const changed = moved.filter((trail, index) => trail !== wanted[index])
    // Stored before anybody is told: a process that ends half way leaves the rest of the brackets to the next look.
    if (changed.length > 0) await this.watches.move(changed)
    for (const trail of moved) if (trail.fired !== null) await this.fire(trail)
  }

  private async read(trails: readonly KnownTrail[]): Promise<Prices> {
    const waiting = trails.filter(({ fired }) => fired === null)
    const byFeed = Map.groupBy(waiting, ({ priceFeed }) => priceFeed)
    const answers = [...byFeed].map(async ([priceFeed, group]) => {
      const symbols = [...new Set(group.map(({ symbol }) => symbol))]
      return [priceFeed, await this.prices.of(priceFeed, symbols)] as const
    })
    return new Map(await Promise.all(answers))
  }

  private moved(trails: readonly KnownTrail[], prices: Prices): KnownTrail[] {
    const at = this.clock.now().toISOString()
    return trails.map((known) => {
      const price = prices.get(known.priceFeed)?.get(known.symbol)
      if (price === undefined || known.fired !== null) return known
      const { trail, fires } = follow(known, price)
      return fires ? { ...trail, fired: { at, price } } : trail
    })
  }

  private async fire({ trailId, fired, best }: KnownTrail): Promise<void> {
    if (fired === null) return
    const { at, price } = fired
    let after: string | null = null
    do {
      const legs: WatchedLeg[] = await this.watches.legsOf(trailId, after, batchRows)
      await this.tell(legs.map(({ bracketId, leg }) => [bracketId, { kind: 'fired', leg, price, best, at }]))
      after = legs.length < batchRows ? null : legs.at(-1)!.bracketId
    } while (after !== null)
  }

  private async tell(news: readonly (readonly [string, BracketNews])[]): Promise<void> {
    if (news.length === 0) return
    const newsById = new Map(news.map(([bracketId, one]) => [bracketId, { news: [one], trace: null }]))
    await this.database.transact((tx) => this.advanceBrackets.execute(tx, newsById))
  }
}
