/**
 * Makes the catalogues of providers as ours is: what is new, what costs something else, what is sold no longer.
 * Called by the job soon after a change, and hourly for everything. Must never hold up a sale: a checkout finds or makes its price itself.
 */
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { Listings, type SoldListing } from '../../ports/listings.port.ts'
import { PaymentProviders, type PaymentProvider } from '../../ports/payment-provider.port.ts'

@Injectable()
export class ListAtProviders {
  constructor(
    private readonly providers: PaymentProviders,
    private readonly listings: Listings,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async execute(which: 'changed' | 'all'): Promise<void> {
    const keeping = this.providers.all().filter(({ keepsCatalogue }) => keepsCatalogue)
    if (keeping.length === 0) return
    for (const sold of await this.listings.find(which)) {
      for (const provider of keeping) if (!(await this.mayGoOn(provider, sold))) return
    }
  }

  private async mayGoOn(provider: PaymentProvider, sold: SoldListing): Promise<boolean> {
    try {
      return await this.list(provider, sold)
    } catch (error) {
      const what = { err: error, provider: provider.code, ...sold.subject }
      this.logger.warn(what, 'what is sold could not be listed; it is tried again')
      return true
    }
  }

  /** False when the provider cannot be asked now. What it refuses is tried again with everything, not at every look. */
  private async list(provider: PaymentProvider, sold: SoldListing): Promise<boolean> {
    const prices = sold.prices.filter(({ amount }) => provider.capabilities.currencies.includes(amount.currency))
    const listed = await provider.list({ ...sold, prices })
    if (listed.ok) {
      await this.listings.markListed(sold, listed.value)
      return true
    }
    const { kind, detail } = listed.error
    const what = { provider: provider.code, ...sold.subject, detail }
    this.logger.warn(what, 'what is sold could not be listed at a payment provider')
    if (kind !== 'refused') return false
    await this.listings.markListed(sold, null)
    return true
  }
}
