/** Opens the provider's own page for the payer of a subscription. Called over RPC. Must never open somebody else's. */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { openPortal } from '@tradewire/contracts/rpc/billing/subscriptions'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { billingErrors } from '../../billing.errors.ts'
import type { BillingConfig } from '../../config.ts'
import { Bills } from '../../ports/bills.port.ts'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'
import { codedFailure } from '../open-checkout/open-checkout.use-case.ts'

@Injectable()
export class OpenPortal {
  constructor(
    @InjectConfig() private readonly config: BillingConfig,
    private readonly bills: Bills,
    private readonly providers: PaymentProviders,
  ) {}

  async execute({
    caller,
    subscriptionId,
  }: RequestOf<typeof openPortal>): Promise<Result<ReplyOf<typeof openPortal>, CodedError>> {
    const found = await this.bills.findSubscription(subscriptionId, visibleTo(caller))
    if (found === undefined || !maySee(caller, found.userId)) {
      return err(billingErrors.of('SUBSCRIPTION_NOT_FOUND', { subscriptionId }))
    }
    const provider = this.providers.of(found.provider)
    if (provider === undefined || found.externalId === null) {
      return err(billingErrors.of('PROVIDER_REFUSED', { detail: 'it keeps no subscriptions' }))
    }
    const opened = await provider.portal(found.externalId, this.config.publicUrl)
    return opened.ok ? ok({ url: opened.value }) : err(codedFailure(opened.error))
  }
}
