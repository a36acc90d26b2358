/** Lists performance fees. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listPerformanceFees } from '@tradewire/contracts/rpc/billing/performance-fees'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { viewFee } from '../../domain/fees/fee.ts'
import { Fees } from '../../ports/fees.port.ts'

@Injectable()
export class ListPerformanceFees {
  constructor(private readonly fees: Fees) {}

  execute({
    caller,
    page,
    strategyId,
  }: RequestOf<typeof listPerformanceFees>): Promise<Result<ReplyOf<typeof listPerformanceFees>, CodedError>> {
    const userId = visibleTo(caller)
    return pageById(page, (window) => this.fees.list({ ...window, userId, strategyId }), viewFee)
  }
}
