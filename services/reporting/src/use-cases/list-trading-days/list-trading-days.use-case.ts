/** Lists the days of a user's closed trades. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listTradingDays } from '@tradewire/contracts/rpc/reporting'
import { pageByDay } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { Ledger } from '../../ports/ledger.port.ts'

@Injectable()
export class ListTradingDays {
  constructor(private readonly ledger: Ledger) {}

  execute({
    caller,
    page,
    userId,
    ...filter
  }: RequestOf<typeof listTradingDays>): Promise<Result<ReplyOf<typeof listTradingDays>, CodedError>> {
    return pageByDay(page, (window) =>
      this.ledger.tradingDays({ ...filter, userId: visibleTo(caller) ?? userId }, window),
    )
  }
}
