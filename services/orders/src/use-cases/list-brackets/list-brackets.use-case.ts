/** Brackets with their legs, newest first. Called by the rpc controller. Must never show what is not the caller's. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { BracketReply, listBrackets } from '@tradewire/contracts/rpc/orders'
import type { Page } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { scopeOf } from '../../domain/bracket/ownership.ts'
import { BracketReads } from '../../ports/bracket-reads.port.ts'

@Injectable()
export class ListBrackets {
  constructor(private readonly reads: BracketReads) {}

  execute({
    caller,
    page,
    ...filter
  }: RequestOf<typeof listBrackets>): Promise<Result<Page<BracketReply>, CodedError>> {
    return this.reads.list(scopeOf(caller), filter, page)
  }
}
