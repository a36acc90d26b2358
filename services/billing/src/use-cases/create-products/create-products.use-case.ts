/** Adds products. Called over RPC by operators. Must never add some of them only. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { createProducts } from '@tradewire/contracts/rpc/billing/products'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import type { Product } from '../../domain/bills/bill.ts'
import { viewProduct } from '../../domain/bills/bill-views.ts'
import { isCurrency } from '../../domain/money/currency.ts'
import { parseMoney } from '../../domain/money/money.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'

@Injectable()
export class CreateProducts {
  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
    private readonly ids: IdSource,
    private readonly clock: Clock,
  ) {}

  async execute({
    products: wishes,
  }: RequestOf<typeof createProducts>): Promise<Result<ReplyOf<typeof createProducts>, CodedError>> {
    const products: Product[] = []
    for (const { amount: text, currency, ...rest } of wishes) {
      const amount = isCurrency(currency) ? parseMoney(text, currency) : undefined
      if (amount === undefined) return err(billingErrors.of('PRICE_INVALID', { amount: text, currency }))
      products.push({ ...rest, id: this.ids.next(), amount, createdAt: this.clock.now() })
    }
    await this.database.transact((tx) => this.catalogue.insertProducts(tx, products))
    return ok({ items: products.map(viewProduct) })
  }
}
