/**
 * Tells what may be traded at a venue when it is first used, and again when it has changed.
 * Called after an account is connected and on a timer. Must never hold up a connect for a slow venue.
 */
import { Injectable } from '@nestjs/common'
import type { BrokerSession, VenueInstrument } from '@tradewire/broker-kit/broker-session'
import type { Venue } from '@tradewire/contracts/common'
import { instrumentChanged } from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { Brokers } from '#ports/brokers.port'
import { Instruments } from '#ports/instruments.port'

/** Less than the hour between two looks, so that each of them counts. */
const refreshMs = 3_000_000

@Injectable()
export class AnnounceInstruments {
  private readonly announcedAtMs = new Map<Venue, number>()

  constructor(
    private readonly brokers: Brokers,
    private readonly database: Database,
    private readonly instruments: Instruments,
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** Does nothing when the venue was announced a while ago, or its servers are compared before. Never rejects. */
  async execute(venue: Venue, session: BrokerSession): Promise<void> {
    if (this.brokers.of(venue).capabilities.instrumentsPer === 'server') return
    const nowMs = this.clock.monotonicMs()
    const announcedMs = this.announcedAtMs.get(venue)
    if (announcedMs !== undefined && nowMs - announcedMs < refreshMs) return
    this.announcedAtMs.set(venue, nowMs)
    const listed = await session.instruments()
    if (!listed.ok) {
      this.announcedAtMs.delete(venue)
      this.logger.warn({ venue, reason: listed.error.message }, 'the instruments of a venue could not be read')
      return
    }
    try {
      await this.database.transact(async (tx) => {
        const changed = await this.instruments.save(tx, { venue, server: '' }, listed.value)
        announceChanged(tx, venue, changed, this.clock.now())
      })
    } catch (error) {
      this.announcedAtMs.delete(venue)
      this.logger.warn({ err: error, venue }, 'the instruments of a venue could not be stored')
    }
  }
}

/** Tells what was stored and is new or different, with the transaction that stored it. */
export function announceChanged(tx: Transaction, venue: Venue, changed: readonly VenueInstrument[], at: Date): void {
  tx.append(
    instrumentChanged,
    changed.map((each) => ({ venue, ...each, observedAt: at.toISOString() })),
  )
}
