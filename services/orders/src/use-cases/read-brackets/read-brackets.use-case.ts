/** Brackets and positions for those who may see them. Called by the rpc controller. Must never show what is not the caller's. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { BracketReply, getBracket, listBrackets, listPositions, PositionReply } from '@tradewire/contracts/rpc/orders'
import type { Page } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { scopeOf } from '../../domain/ownership.ts'
import { ordersErrors } from '../../orders.errors.ts'
import { BracketReads } from '../../ports/bracket-reads.port.ts'

@Injectable()
export class ReadBrackets {
  constructor(private readonly reads: BracketReads) {}

  list({ caller, page, ...filter }: RequestOf<typeof listBrackets>): Promise<Result<Page<BracketReply>, CodedError>> {
    return this.reads.list(scopeOf(caller), filter, page)
  }

  async one({ caller, bracketId }: RequestOf<typeof getBracket>): Promise<Result<BracketReply, CodedError>> {
    const bracket = await this.reads.find(scopeOf(caller), bracketId)
    return bracket === undefined ? err(ordersErrors.of('BRACKET_NOT_FOUND')) : ok(bracket)
  }

  positions({ caller, page, ...filter }: RequestOf<typeof listPositions>): Promise<Result<Page<PositionReply>, CodedError>> {
    return this.reads.positions(scopeOf(caller), filter, page)
  }
}
