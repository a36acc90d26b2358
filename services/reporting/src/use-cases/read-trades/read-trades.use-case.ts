/** Shows trades to those who own them. Called over RPC. Must never show another user's trade. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getTrade, listTrades } from '@tradewire/contracts/rpc/reporting'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { visibleTo } from '../../domain/visibility.ts'
import { Ledger } from '../../ports/ledger.port.ts'
import { reportingErrors } from '../../reporting.errors.ts'

@Injectable()
export class ReadTrades {
  constructor(private readonly ledger: Ledger) {}

  async one({ caller, tradeId }: RequestOf<typeof getTrade>): Promise<Result<ReplyOf<typeof getTrade>, CodedError>> {
    const trade = await this.ledger.find(tradeId)
    const owner = visibleTo(caller)
    return trade === undefined || (owner !== undefined && trade.userId !== owner)
      ? err(reportingErrors.of('TRADE_NOT_FOUND', { tradeId }))
      : ok(trade)
  }

  list({
    caller,
    page,
    ...filter
  }: RequestOf<typeof listTrades>): Promise<Result<ReplyOf<typeof listTrades>, CodedError>> {
    const userId = visibleTo(caller)
    return pageById(
      page,
      (window) => this.ledger.list({ ...filter, userId }, window),
      (trade) => trade,
    )
  }
}
