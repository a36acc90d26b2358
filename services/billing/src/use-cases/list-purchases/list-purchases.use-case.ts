/** Lists purchases with the state of their payment. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listPurchases } from '@tradewire/contracts/rpc/billing/purchases'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { viewPurchase } from '../../domain/bills/bill-views.ts'
import { Bills } from '../../ports/bills.port.ts'

@Injectable()
export class ListPurchases {
  constructor(private readonly bills: Bills) {}

  execute({
    caller,
    purchaseIds: ids,
    page,
  }: RequestOf<typeof listPurchases>): Promise<Result<ReplyOf<typeof listPurchases>, CodedError>> {
    const userId = visibleTo(caller)
    return pageById(
      page,
      async (window) => {
        const found = await this.bills.purchases({ ...window, userId, ids })
        return found.map((one) => ({ id: one.purchase.id, ...one }))
      },
      ({ purchase, payment }) => viewPurchase(purchase, payment),
    )
  }
}
