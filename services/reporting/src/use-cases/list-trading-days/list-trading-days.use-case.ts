/** Lists the days of a user's closed trades. Called over RPC. Must never show another user's, nor mix currencies. */
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

  async execute({
    caller,
    page,
    userId,
    currency: wanted,
    ...filter
  }: RequestOf<typeof listTradingDays>): Promise<Result<ReplyOf<typeof listTradingDays>, CodedError>> {
    const narrowed = { ...filter, userId: visibleTo(caller) ?? userId }
    const currency = wanted ?? (await this.ledger.currencies(narrowed))[0]
    return pageByDay(page, (window) => this.ledger.tradingDays({ ...narrowed, currency }, window))
  }
}
