/** Computes performance from the ledger. Called over RPC. Must never mix in another user's trades, nor currencies. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getPerformance } from '@tradewire/contracts/rpc/reporting'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { performanceOf } from '../../domain/performance.ts'
import { visibleTo } from '@tradewire/contracts/caller'
import { Ledger } from '../../ports/ledger.port.ts'

@Injectable()
export class GetPerformance {
  constructor(private readonly ledger: Ledger) {}

  async execute({
    caller,
    userId,
    currency: wanted,
    ...filter
  }: RequestOf<typeof getPerformance>): Promise<Result<ReplyOf<typeof getPerformance>, CodedError>> {
    const narrowed = { ...filter, userId: visibleTo(caller) ?? userId }
    const currencies = await this.ledger.currencies(narrowed)
    const currency = wanted ?? currencies[0]
    const [closed, tradesOpen] = await Promise.all([
      this.ledger.closedTrades({ ...narrowed, currency }),
      this.ledger.countOpen({ ...narrowed, currency }),
    ])
    return ok({ currency: currency ?? null, currencies, tradesOpen, ...performanceOf(closed) })
  }
}
