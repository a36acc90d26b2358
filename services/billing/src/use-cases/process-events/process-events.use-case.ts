/**
 * Works on what providers told, from the stored rows: asks the provider how things stand, and takes that in.
 * Called by the job and after a refund. Must never give up an event whose outcome is open; it waits and is tried again.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { TransactionConflictError } from '@tradewire/database/retryable-error'
import { Clock } from '@tradewire/kernel/clock'
import { AskedOnce } from '../../domain/payments/asked-once.ts'
import { mayBeKnownLater, retryWait } from '../../domain/payments/retry.ts'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'
import { ProviderEvents, type StoredEvent } from '../../ports/provider-events.port.ts'
import { ApplyObservations, type Shown } from '../apply-observations/apply-observations.use-case.ts'

const batchRows = 64
/** Another transaction held what this one needed, in another order. */
const conflictTriesMax = 3
const notKnown = 'of nothing of ours, or of something that is not known yet'

@Injectable()
export class ProcessEvents {
  constructor(
    private readonly database: Database,
    private readonly events: ProviderEvents,
    private readonly providers: PaymentProviders,
    private readonly applyObservations: ApplyObservations,
    private readonly clock: Clock,
  ) {}

  /** Of those that wait, or of those that the caller has claimed. Answers how many it worked on. */
  async execute(own?: readonly StoredEvent[]): Promise<number> {
    const claimed = own ?? (await this.events.claim(this.clock.now(), batchRows))
    const asked = new AskedOnce()
    const shown = await Promise.all(claimed.map((event) => this.look(event, asked)))
    await this.takeIn(shown.filter((one) => one !== undefined))
    return claimed.length
  }

  /** What goes wrong is kept with the event, for people to see. */
  private async look(event: StoredEvent, asked: AskedOnce): Promise<Shown | undefined> {
    try {
      const observed = await this.providers.of(event.provider)?.observe(event, asked)
      if (observed?.ok === true) return { event, observations: observed.value }
      await this.putOff(event, observed?.error.detail ?? `${event.provider} is switched off`)
    } catch (error) {
      await this.putOff(event, messageOf(error))
    }
    return undefined
  }

  /** All in one transaction; when that fails each in its own, so that one which cannot be taken in holds up no other. */
  private async takeIn(shown: readonly Shown[]): Promise<void> {
    if (shown.length === 0) return
    try {
      const early = await this.takeInTogether(shown, conflictTriesMax)
      for (const event of early) await this.putOff(event, notKnown)
    } catch (error) {
      if (shown.length === 1) await this.putOff(shown[0]!.event, messageOf(error))
      else for (const one of shown) await this.takeIn([one])
    }
  }

  /** Answers those that may be of something that is known later. */
  private async takeInTogether(shown: readonly Shown[], triesLeft: number): Promise<readonly StoredEvent[]> {
    try {
      return await this.database.transact(async (tx) => {
        const known = await this.applyObservations.execute(tx, shown)
        const isEarly = ({ event, observations }: Shown) =>
          !known.has(event) && observations.length > 0 && mayBeKnownLater(event.attempts)
        const finished = shown
          .filter((one) => !isEarly(one))
          .map(({ event }) => ({ event, state: known.has(event) ? ('done' as const) : ('ignored' as const) }))
        await this.events.finish(tx, finished, this.clock.now())
        return shown.filter(isEarly).map(({ event }) => event)
      })
    } catch (error) {
      if (error instanceof TransactionConflictError && triesLeft > 1) return this.takeInTogether(shown, triesLeft - 1)
      throw error
    }
  }

  private async putOff(event: StoredEvent, error: string): Promise<void> {
    const { waitMs, isLast } = retryWait(event.attempts)
    await this.events.putOff(event, { error, until: new Date(this.clock.now().getTime() + waitMs), dead: isLast })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'failed'
}
