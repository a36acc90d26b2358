/**
 * Tells what may be traded at a venue in one environment when it is first used there, and again when it has changed.
 * Called after an account is connected and on a timer. Must never hold up a connect for a slow venue.
 */
import { Injectable } from '@nestjs/common'
import type { BrokerSession, VenueInstrument } from '@tradewire/broker-kit/broker-session'
import { instrumentChanged } from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { type Place, placeName } from '#domain/account/account'
import { Brokers } from '#ports/brokers.port'
import { Instruments } from '#ports/instruments.port'

/** Less than the hour between two looks, so that each of them counts. */
const refreshMs = 3_000_000

@Injectable()
export class AnnounceInstruments {
  private readonly announcedAtMs = new Map<string, number>()

  constructor(
    private readonly brokers: Brokers,
    private readonly database: Database,
    private readonly instruments: Instruments,
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** Does nothing when the place was announced a while ago, or its servers are compared before. Never rejects. */
  async execute(place: Place, session: BrokerSession): Promise<void> {
    const { venue, environment } = place
    const name = placeName(place)
    if (this.brokers.of(venue).capabilities.instrumentsPer === 'server') return
    const nowMs = this.clock.monotonicMs()
    const announcedMs = this.announcedAtMs.get(name)
    if (announcedMs !== undefined && nowMs - announcedMs < refreshMs) return
    this.announcedAtMs.set(name, nowMs)
    const listed = await session.instruments()
    if (!listed.ok) {
      this.announcedAtMs.delete(name)
      this.logger.warn(
        { venue, environment, reason: listed.error.message },
        'the instruments of a venue could not be read',
      )
      return
    }
    try {
      await this.database.transact(async (tx) => {
        const changed = await this.instruments.save(tx, { venue, environment, server: '' }, listed.value)
        announceChanged(tx, place, changed, this.clock.now())
      })
    } catch (error) {
      this.announcedAtMs.delete(name)
      this.logger.warn({ err: error, venue, environment }, 'the instruments of a venue could not be stored')
    }
  }
}

/** Tells what was stored and is new or different, with the transaction that stored it. */
export function announceChanged(
  tx: Transaction,
  { venue, environment }: Place,
  changed: readonly VenueInstrument[],
  at: Date,
): void {
  tx.append(
    instrumentChanged,
    changed.map((each) => ({ venue, environment, ...each, observedAt: at.toISOString() })),
  )
}
