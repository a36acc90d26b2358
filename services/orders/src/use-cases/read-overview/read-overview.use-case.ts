/** Counts by state and refusal code. Called by the rpc controller. Must never count what is not the caller's. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { overview, OverviewReply } from '@tradewire/contracts/rpc/orders'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { scopeOf } from '../../domain/bracket/ownership.ts'
import { BracketReads } from '../../ports/bracket-reads.port.ts'

@Injectable()
export class ReadOverview {
  constructor(private readonly reads: BracketReads) {}

  async execute({
    caller,
    ...query
  }: RequestOf<typeof overview>): Promise<Result<{ items: OverviewReply[] }, CodedError>> {
    return ok({ items: await this.reads.overview(scopeOf(caller), query) })
  }
}
