/** Lists subscriptions. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listSubscriptions } from '@tradewire/contracts/rpc/billing/subscriptions'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { viewSubscription } from '../../domain/bills/bill-views.ts'
import { Bills } from '../../ports/bills.port.ts'

@Injectable()
export class ListSubscriptions {
  constructor(private readonly bills: Bills) {}

  execute({
    caller,
    page,
  }: RequestOf<typeof listSubscriptions>): Promise<Result<ReplyOf<typeof listSubscriptions>, CodedError>> {
    const userId = visibleTo(caller)
    return pageById(page, (window) => this.bills.subscriptions({ ...window, userId }), viewSubscription)
  }
}
