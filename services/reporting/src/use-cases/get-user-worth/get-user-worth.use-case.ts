/** What all accounts of a user are worth. Called over RPC. Must never tell it of another user. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getUserWorth } from '@tradewire/contracts/rpc/reporting'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { Worths } from '../../ports/worths.port.ts'

@Injectable()
export class GetUserWorth {
  constructor(private readonly worths: Worths) {}

  async execute({
    caller,
    userId,
  }: RequestOf<typeof getUserWorth>): Promise<Result<ReplyOf<typeof getUserWorth>, CodedError>> {
    return ok({ usd: await this.worths.ofUser(visibleTo(caller) ?? userId) })
  }
}
