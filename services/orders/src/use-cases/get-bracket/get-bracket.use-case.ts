/** One bracket with its legs. Called by the rpc controller. Must never show what is not the caller's. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { BracketReply, getBracket } from '@tradewire/contracts/rpc/orders'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { scopeOf } from '../../domain/bracket/ownership.ts'
import { ordersErrors } from '../../orders.errors.ts'
import { BracketReads } from '../../ports/bracket-reads.port.ts'

@Injectable()
export class GetBracket {
  constructor(private readonly reads: BracketReads) {}

  async execute({ caller, bracketId }: RequestOf<typeof getBracket>): Promise<Result<BracketReply, CodedError>> {
    const bracket = await this.reads.find(scopeOf(caller), bracketId)
    return bracket === undefined ? err(ordersErrors.of('BRACKET_NOT_FOUND')) : ok(bracket)
  }
}
