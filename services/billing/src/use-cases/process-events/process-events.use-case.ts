/**
 * Works on what providers told, from the stored rows: asks the provider how things stand, and takes that in.
 * Called by the job and after a refund. Must never give up an event whose outcome is open; it waits and is tried again.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { mayBeKnownLater, retryWait } from '../../domain/retry.ts'
import { PaymentProviders, type Observation } from '../../ports/payment-provider.port.ts'
import { ProviderEvents, type StoredEvent } from '../../ports/provider-events.port.ts'
import { ApplyObservations } from '../apply-observations/apply-observations.use-case.ts'

const batchRows = 32

class NotKnownYet extends Error {}

@Injectable()
export class ProcessEvents {
  constructor(
    private readonly database: Database,
    private readonly events: ProviderEvents,
    private readonly providers: PaymentProviders,
    private readonly applyObservations: ApplyObservations,
    private readonly clock: Clock,
  ) {}

  /** Answers how many it worked on. */
  async execute(): Promise<number> {
    const claimed = await this.events.claim(this.clock.now(), batchRows)
    await Promise.all(claimed.map((event) => this.process(event)))
    return claimed.length
  }

  /** What goes wrong is kept with the event, for people to see. */
  private async process(event: StoredEvent): Promise<void> {
    try {
      const observed = await this.providers.of(event.provider)?.observe(event)
      if (observed?.ok !== true) {
        return await this.putOff(event, observed?.error.detail ?? `${event.provider} is switched off`)
      }
      await this.takeIn(event, observed.value)
    } catch (error) {
      await this.putOff(event, error instanceof Error ? error.message : 'failed')
    }
  }

  private takeIn(event: StoredEvent, observations: readonly Observation[]): Promise<void> {
    return this.database.transact(async (tx) => {
      const known = await this.applyObservations.execute(tx, event, observations)
      if (!known && observations.length > 0 && mayBeKnownLater(event.attempts)) {
        throw new NotKnownYet('of nothing of ours, or of something that is not known yet')
      }
      await this.events.finish(tx, event, known ? 'done' : 'ignored', this.clock.now())
    })
  }

  private async putOff(event: StoredEvent, error: string): Promise<void> {
    const { waitMs, isLast } = retryWait(event.attempts)
    await this.events.putOff(event, { error, until: new Date(this.clock.now().getTime() + waitMs), dead: isLast })
  }
}
