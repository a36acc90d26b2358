/** Lists what an account was worth day by day. Called over RPC. Must never show another user's account. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listBalanceDays } from '@tradewire/contracts/rpc/reporting'
import { pageByDay } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { Worths } from '../../ports/worths.port.ts'

@Injectable()
export class ListBalanceDays {
  constructor(private readonly worths: Worths) {}

  execute({
    caller,
    page,
    accountId,
    from,
  }: RequestOf<typeof listBalanceDays>): Promise<Result<ReplyOf<typeof listBalanceDays>, CodedError>> {
    return pageByDay(page, (window) => this.worths.days(accountId, visibleTo(caller), { from, ...window }))
  }
}
