/** Shows what a purchase would cost. Called over RPC. Must never store anything. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { precalculatePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { viewCalculation } from '../../domain/bills/bill-views.ts'
import { CalculatePurchase } from '../calculate-purchase/calculate-purchase.use-case.ts'

@Injectable()
export class PrecalculatePurchase {
  constructor(private readonly calculatePurchase: CalculatePurchase) {}

  async execute({
    caller,
    purchase,
  }: RequestOf<typeof precalculatePurchase>): Promise<Result<ReplyOf<typeof precalculatePurchase>, CodedError>> {
    const calculated = await this.calculatePurchase.execute(caller.userId, purchase)
    return calculated.ok ? ok(viewCalculation(calculated.value)) : calculated
  }
}
