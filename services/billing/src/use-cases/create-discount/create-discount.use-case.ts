/** Adds or changes a discount. Called over RPC by operators. Must never change what was bought with it. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { createDiscount } from '@tradewire/contracts/rpc/billing/products'
import { Decimal, HUNDRED } from '@tradewire/kernel/decimal'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { isCurrency } from '../../domain/money/currency.ts'
import type { Discount } from '../../domain/bills/discount.ts'
import { parseMoney } from '../../domain/money/money.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'

type Request = RequestOf<typeof createDiscount>

@Injectable()
export class CreateDiscount {
  constructor(private readonly catalogue: Catalogue) {}

  async execute({ discount: wish }: Request): Promise<Result<ReplyOf<typeof createDiscount>, CodedError>> {
    const discount = discountOf(wish)
    if (discount === undefined) return err(billingErrors.of('PRICE_INVALID'))
    const endsAt = wish.endsAt === null ? null : new Date(wish.endsAt)
    await this.catalogue.saveDiscount({ code: wish.code, discount, endsAt })
    return ok({ code: wish.code })
  }
}

function discountOf({ percent, amount, currency }: Request['discount']): Discount | undefined {
  if (percent !== null) {
    const parsed = new Decimal(percent)
    return parsed.lte(HUNDRED) ? { kind: 'percent', percent: parsed } : undefined
  }
  const parsed = currency !== null && isCurrency(currency) ? parseMoney(amount!, currency) : undefined
  return parsed && { kind: 'amount', amount: parsed }
}
