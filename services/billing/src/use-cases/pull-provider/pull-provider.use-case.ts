/**
 * Asks each provider what has happened lately and stores what no delivery told, and mends its catalogue. Called hourly.
 * Must never act on what happened here: it takes the way of every event; nor hold all providers up for one.
 */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { PaymentProviders, type PaymentProvider } from '../../ports/payment-provider.port.ts'
import { ProviderEvents } from '../../ports/provider-events.port.ts'
import { ListAtProviders } from '../list-at-providers/list-at-providers.use-case.ts'

/** As long as providers keep their events. */
const firstPullMs = 2_592_000_000
/** Read again each time: clocks differ, and lists are late. */
const overlapMs = 3_600_000

@Injectable()
export class PullProvider {
  constructor(
    private readonly providers: PaymentProviders,
    private readonly events: ProviderEvents,
    private readonly listAtProviders: ListAtProviders,
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async execute(): Promise<void> {
    for (const provider of this.providers.all()) await this.pullAlone(provider)
    await this.listAtProviders.execute('all')
  }

  private async pullAlone(provider: PaymentProvider): Promise<void> {
    try {
      await this.pull(provider)
    } catch (error) {
      this.logger.warn({ err: error, provider: provider.code }, 'what a payment provider tells could not be stored')
    }
  }

  private async pull(provider: PaymentProvider): Promise<void> {
    const now = this.clock.now()
    const last = await this.events.pulledThrough(provider.code)
    const since = new Date(last === undefined ? now.getTime() - firstPullMs : last.getTime() - overlapMs)
    const recent = await provider.recent(since)
    if (!recent.ok) {
      this.logger.warn(
        { provider: provider.code, detail: recent.error.detail },
        'a payment provider could not be asked',
      )
      return
    }
    const missed = await this.events.storePulled(provider.code, recent.value, now)
    await this.events.rememberPull(provider.code, now)
    if (missed > 0)
      this.logger.warn({ provider: provider.code, missed }, 'deliveries of a payment provider were missed')
  }
}
