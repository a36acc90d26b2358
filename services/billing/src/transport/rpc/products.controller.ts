/** Answers questions about products and discounts. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { createDiscount, createProducts, listProducts, removeProducts } from '@tradewire/contracts/rpc/billing/products'
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

  @Answer(listProducts)
  list(request: RequestOf<typeof listProducts>) {
    return this.listProducts.execute(request)
  }

  @Answer(createProducts)
  create(request: RequestOf<typeof createProducts>) {
    return this.createProducts.execute(request)
  }

  @Answer(removeProducts)
  remove(request: RequestOf<typeof removeProducts>) {
    return this.removeProducts.execute(request)
  }

  @Answer(createDiscount)
  discount(request: RequestOf<typeof createDiscount>) {
    return this.createDiscount.execute(request)
  }
}
