/** Closes what is open of a follow. Called by the rpc controller. Must never close for someone who does not own it. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { closeFollow } from '@tradewire/contracts/rpc/orders'
import type { CodedError } from '@tradewire/kernel/errors'
import type { FollowId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import { ordersErrors } from '../../orders.errors.ts'
import { Facts } from '../../ports/facts.port.ts'
import { CloseOpenBrackets } from '../close-open-brackets/close-open-brackets.use-case.ts'

@Injectable()
export class CloseFollow {
  constructor(
    private readonly facts: Facts,
    private readonly closeOpenBrackets: CloseOpenBrackets,
  ) {}

  async execute(request: RequestOf<typeof closeFollow>): Promise<Result<{ closing: number }, CodedError>> {
    const followId = request.followId as FollowId
    const ownerId = await this.facts.ownerOfFollow(followId, visibleTo(request.caller))
    if (ownerId === undefined || !maySee(request.caller, ownerId)) return err(ordersErrors.of('FOLLOW_NOT_FOUND'))
    return ok({ closing: await this.closeOpenBrackets.execute({ followId }) })
  }
}
