/**
 * Tells what the currencies of a venue are worth in each other, so that an account in one may be sized in another.
 * Called on a timer. Must never cost more than one read for each venue and environment, however many accounts there are.
 */
import { Injectable } from '@nestjs/common'
import { rateUpdated } from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { placeName } from '#domain/account/account'
import { type AccountSession, Sessions } from '#ports/sessions.port'

@Injectable()
export class AnnounceRates {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async execute(): Promise<void> {
    const byPlace = new Map(this.sessions.all().map((each) => [placeName(each.account), each]))
    await Promise.all([...byPlace.values()].map((each) => this.announce(each)))
  }

  private async announce({ account: { venue, environment }, session }: AccountSession): Promise<void> {
    const rates = await session.rates()
    if (!rates.ok) {
      this.logger.warn({ venue, environment, reason: rates.error.message }, 'the rates of a venue could not be read')
      return
    }
    if (rates.value.length === 0) return
    const observedAt = this.clock.now().toISOString()
    await this.database.transact(async (tx) => {
      tx.append(
        rateUpdated,
        rates.value.map((rate) => ({ venue, environment, ...rate, observedAt })),
      )
      await Promise.resolve()
    })
  }
}
