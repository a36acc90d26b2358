/** Shows what is owed to owners of strategies. Called over RPC. Must never show another owner's. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listOwed } from '@tradewire/contracts/rpc/billing/payouts'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { PayoutFactory } from '../../domain/books/payout-factory.ts'
import { viewOwed } from '../../domain/books/payout.ts'
import { Payouts } from '../../ports/payouts.port.ts'

@Injectable()
export class ListOwed {
  constructor(
    private readonly payouts: Payouts,
    private readonly factory: PayoutFactory,
  ) {}

  async execute({ caller }: RequestOf<typeof listOwed>): Promise<Result<ReplyOf<typeof listOwed>, CodedError>> {
    const filter = { ownerId: visibleTo(caller), currency: undefined, heldFrom: this.factory.heldFrom() }
    return ok({ items: (await this.payouts.owed(filter)).map(viewOwed) })
  }
}
