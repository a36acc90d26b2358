/** What accounts are worth, as was heard last. Called over RPC. Must never show another user's account. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { findBalances } from '@tradewire/contracts/rpc/reporting'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { Worths } from '../../ports/worths.port.ts'

@Injectable()
export class FindBalances {
  constructor(private readonly worths: Worths) {}

  async execute({
    caller,
    accountIds,
  }: RequestOf<typeof findBalances>): Promise<Result<ReplyOf<typeof findBalances>, CodedError>> {
    return ok({ items: await this.worths.find(accountIds, visibleTo(caller)) })
  }
}
