/** Answers questions about products and discounts. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/billing'
import { CreateDiscount } from '../../use-cases/create-discount/create-discount.use-case.ts'
import { CreateProducts } from '../../use-cases/create-products/create-products.use-case.ts'
import { ListProducts } from '../../use-cases/list-products/list-products.use-case.ts'
import { RemoveProducts } from '../../use-cases/remove-products/remove-products.use-case.ts'

@Controller()
export class ProductsController {
  constructor(
    private readonly listProducts: ListProducts,
    private readonly createProducts: CreateProducts,
    private readonly removeProducts: RemoveProducts,
    private readonly createDiscount: CreateDiscount,
  ) {}

  @Answer(rpc.listProducts)
  list(request: RequestOf<typeof rpc.listProducts>) {
    return this.listProducts.execute(request)
  }

  @Answer(rpc.createProducts)
  create(request: RequestOf<typeof rpc.createProducts>) {
    return this.createProducts.execute(request)
  }

  @Answer(rpc.removeProducts)
  remove(request: RequestOf<typeof rpc.removeProducts>) {
    return this.removeProducts.execute(request)
  }

  @Answer(rpc.createDiscount)
  discount(request: RequestOf<typeof rpc.createDiscount>) {
    return this.createDiscount.execute(request)
  }
}
