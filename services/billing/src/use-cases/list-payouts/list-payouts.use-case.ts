/** Lists payouts. Called over RPC. Must never show another owner's. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listPayouts } from '@tradewire/contracts/rpc/billing/payouts'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { viewPayout } from '../../domain/books/payout.ts'
import { Payouts } from '../../ports/payouts.port.ts'

@Injectable()
export class ListPayouts {
  constructor(private readonly payouts: Payouts) {}

  execute({ caller, page }: RequestOf<typeof listPayouts>): Promise<Result<ReplyOf<typeof listPayouts>, CodedError>> {
    const userId = visibleTo(caller)
    return pageById(page, (window) => this.payouts.list({ ...window, userId }), viewPayout)
  }
}
