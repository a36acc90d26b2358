/** Lists products on sale. Called over RPC. Must never show one that was removed. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listProducts } from '@tradewire/contracts/rpc/billing/products'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { viewProduct } from '../../domain/bills/bill-views.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'

@Injectable()
export class ListProducts {
  constructor(private readonly catalogue: Catalogue) {}

  execute({
    filter: { productIds, categories, name },
    page,
  }: RequestOf<typeof listProducts>): Promise<Result<ReplyOf<typeof listProducts>, CodedError>> {
    return pageById(page, (window) => this.catalogue.products({ ...window, productIds, categories, name }), viewProduct)
  }
}
