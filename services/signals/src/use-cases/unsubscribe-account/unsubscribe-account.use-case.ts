/** Ends that an account follows a strategy. Called over RPC. Must never touch positions that are open. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { unsubscribe } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { viewFollow } from '../../domain/views.ts'
import { Follows } from '../../ports/follows.port.ts'
import { signalsErrors } from '../../signals.errors.ts'
import { UpdateFollow } from '../update-follow/update-follow.use-case.ts'

@Injectable()
export class UnsubscribeAccount {
  constructor(
    private readonly follows: Follows,
    private readonly updateFollow: UpdateFollow,
  ) {}

  async execute({
    caller,
    strategyId,
    accountId,
  }: RequestOf<typeof unsubscribe>): Promise<Result<ReplyOf<typeof unsubscribe>, CodedError>> {
    const userId = visibleTo(caller) as UserId | undefined
    const [follow] = await this.follows.list({ userId, strategyId, accountId, limit: 1 })
    if (follow === undefined) return err(signalsErrors.of('FOLLOW_NOT_FOUND', { strategyId, accountId }))
    if (!follow.active) return ok({ ...viewFollow(follow), revision: follow.revision })
    const paused = await this.updateFollow.execute({ caller, followId: follow.id, changes: { active: false } })
    // Of a change that came in between it is the revision: the pause is a later one, and is told soon.
    return paused.ok ? ok({ ...paused.value, revision: follow.revision + 1 }) : paused
  }
}
