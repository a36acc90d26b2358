/** Shows what a change of a subscription would charge, and when. Called over RPC. Must never change anything. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { previewChange } from '@tradewire/contracts/rpc/billing/subscription-changes'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { viewPricedChange } from '../../domain/subscriptions/change-views.ts'
import { PriceChange } from '../price-change/price-change.use-case.ts'

@Injectable()
export class PreviewChange {
  constructor(private readonly priceChange: PriceChange) {}

  async execute(request: RequestOf<typeof previewChange>): Promise<Result<ReplyOf<typeof previewChange>, CodedError>> {
    const found = await this.priceChange.execute(request)
    if (!found.ok) return found
    const { held, priced } = found.value
    return ok(viewPricedChange({ subscriptionId: held.id, formerName: held.subject.name, ...priced }))
  }
}
