/** Lists payments. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listPayments } from '@tradewire/contracts/rpc/billing/payments'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { viewPayment } from '../../domain/bills/bill-views.ts'
import { Bills } from '../../ports/bills.port.ts'

@Injectable()
export class ListPayments {
  constructor(private readonly bills: Bills) {}

  execute({ caller, page }: RequestOf<typeof listPayments>): Promise<Result<ReplyOf<typeof listPayments>, CodedError>> {
    const userId = visibleTo(caller)
    return pageById(page, (window) => this.bills.payments({ ...window, userId }), viewPayment)
  }
}
