/** What a purchase would cost. Called by precalculation and by the purchase itself, so that they agree. Must never sell what is not on the list. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { precalculatePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import type { Product, Purchase } from '../../domain/bills/bill.ts'
import { calculate, type Calculation, type Discount, type PricedLine } from '../../domain/bills/discount.ts'
import { moneyText } from '../../domain/money/money.ts'
import { taxed, type TaxTerms } from '../../domain/money/tax.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'
import { PaymentProviders, takes } from '../../ports/payment-provider.port.ts'
import { TaxCalculator } from '../../ports/taxes.port.ts'

type Wish = RequestOf<typeof precalculatePurchase>['purchase']
export type CalculatedPurchase = Pick<Purchase, 'lines' | 'currency' | 'subtotal' | 'discount' | 'tax' | 'total'>

@Injectable()
export class CalculatePurchase {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly providers: PaymentProviders,
    private readonly taxes: TaxCalculator,
    private readonly clock: Clock,
  ) {}

  async execute(userId: string, wish: Wish): Promise<Result<CalculatedPurchase, CodedError>> {
    const productIds = wish.products.map(({ productId }) => productId)
    const everything = { productIds, categories: undefined, name: undefined, afterId: undefined }
    const products = await this.catalogue.products({ ...everything, limit: productIds.length })
    const bought = wish.products.map(({ productId, quantity }) => ({
      product: products.find(({ id }) => id === productId),
      quantity,
    }))
    if (bought.some(({ product }) => product === undefined)) return err(billingErrors.of('PRODUCT_NOT_FOUND'))
    const lines = bought as { readonly product: Product; readonly quantity: number }[]
    const { currency } = lines[0]!.product.amount
    if (lines.some(({ product }) => product.amount.currency !== currency)) {
      return err(billingErrors.of('PURCHASE_INVALID'))
    }
    if (!takes(this.providers.of(wish.provider)?.capabilities, { currency, checkout: wish.checkout })) {
      return err(billingErrors.of('PROVIDER_NOT_AVAILABLE', { provider: wish.provider, currency }))
    }
    const discount = await this.findDiscount(wish.discountCode)
    if (!discount.ok) return discount
    const terms = await this.taxes.termsFor(userId)
    const priced = lines.map(({ product: { amount }, quantity }) => ({ price: amount, quantity }))
    return ok({
      lines: lines.map(({ product: { id, name, amount }, quantity }) => ({
        productId: id,
        name,
        quantity,
        amount: moneyText(amount),
      })),
      currency,
      ...withTax(calculate(priced as [PricedLine, ...PricedLine[]], discount.value), terms),
    })
  }

  private async findDiscount(code: string | undefined): Promise<Result<Discount | null, CodedError>> {
    if (code === undefined) return ok(null)
    const found = await this.catalogue.findDiscount(code)
    const isValid = found !== undefined && (found.endsAt === null || this.clock.now() < found.endsAt)
    return isValid ? ok(found.discount) : err(billingErrors.of('DISCOUNT_NOT_FOUND', { code }))
  }
}

function withTax(calculation: Calculation, terms: TaxTerms | null) {
  const { amount: total, tax } = taxed(calculation.total, terms)
  return { ...calculation, tax, total }
}
