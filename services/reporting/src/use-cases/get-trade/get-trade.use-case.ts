/** Shows one trade. Called over RPC. Must never show another user's trade. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getTrade } from '@tradewire/contracts/rpc/reporting'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { visibleTo } from '@tradewire/contracts/caller'
import { Ledger } from '../../ports/ledger.port.ts'
import { reportingErrors } from '../../reporting.errors.ts'

@Injectable()
export class GetTrade {
  constructor(private readonly ledger: Ledger) {}

  async execute({
    caller,
    tradeId,
  }: RequestOf<typeof getTrade>): Promise<Result<ReplyOf<typeof getTrade>, CodedError>> {
    const trade = await this.ledger.find(tradeId, visibleTo(caller))
    return trade === undefined ? err(reportingErrors.of('TRADE_NOT_FOUND', { tradeId })) : ok(trade)
  }
}
