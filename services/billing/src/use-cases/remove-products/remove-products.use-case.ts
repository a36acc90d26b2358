/** Takes products off the list. Called over RPC by operators. Must never touch what was bought. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { removeProducts } from '@tradewire/contracts/rpc/billing/products'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { Catalogue } from '../../ports/catalogue.port.ts'

@Injectable()
export class RemoveProducts {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {}

  async execute({
    productIds,
  }: RequestOf<typeof removeProducts>): Promise<Result<ReplyOf<typeof removeProducts>, CodedError>> {
    return ok({ removed: await this.catalogue.removeProducts(productIds, this.clock.now()) })
  }
}
