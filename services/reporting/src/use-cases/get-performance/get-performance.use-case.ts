/** Computes performance from the ledger. Called over RPC. Must never mix in another user's trades. */
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
    ...filter
  }: RequestOf<typeof getPerformance>): Promise<Result<ReplyOf<typeof getPerformance>, CodedError>> {
    const narrowed = { ...filter, userId: visibleTo(caller) ?? userId }
    const [closed, tradesOpen] = await Promise.all([
      this.ledger.closedTrades(narrowed),
      this.ledger.countOpen(narrowed),
    ])
    return ok({ tradesOpen, ...performanceOf(closed) })
  }
}
