/** Shows a performance fee with every trade that was counted. Called over RPC. Must never show another user's trades, not even to the strategy's owner. */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getPerformanceFeeLines } from '@tradewire/contracts/rpc/billing/performance-fees'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { viewFee, viewLine } from '../../domain/fees/fee.ts'
import { Fees } from '../../ports/fees.port.ts'

@Injectable()
export class ExplainPerformanceFee {
  constructor(private readonly fees: Fees) {}

  async execute({
    caller,
    feeId,
  }: RequestOf<typeof getPerformanceFeeLines>): Promise<Result<ReplyOf<typeof getPerformanceFeeLines>, CodedError>> {
    const seenBy = visibleTo(caller)
    const fee = await this.fees.find(feeId, seenBy)
    if (fee === undefined || !maySee(caller, fee.userId)) return err(billingErrors.of('FEE_NOT_FOUND', { feeId }))
    const lines = await this.fees.lines(feeId, seenBy)
    return ok({ ...viewFee(fee), lines: lines.map(viewLine) })
  }
}
