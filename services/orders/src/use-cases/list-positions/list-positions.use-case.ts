/** What is held now, newest first. Called by the rpc controller. Must never show what is not the caller's. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { listPositions, PositionReply } from '@tradewire/contracts/rpc/orders'
import type { Page } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { scopeOf } from '../../domain/bracket/ownership.ts'
import { BracketReads } from '../../ports/bracket-reads.port.ts'

@Injectable()
export class ListPositions {
  constructor(private readonly reads: BracketReads) {}

  execute({
    caller,
    page,
    ...filter
  }: RequestOf<typeof listPositions>): Promise<Result<Page<PositionReply>, CodedError>> {
    return this.reads.positions(scopeOf(caller), filter, page)
  }
}
