/** Shows one follow. Called over RPC. Must never show another user's follow. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { getFollow } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import type { FollowId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { maySee } from '@tradewire/contracts/caller'
import { viewFollow, type FollowView } from '../../domain/views.ts'
import { Follows } from '../../ports/follows.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class GetFollow {
  constructor(private readonly follows: Follows) {}

  async execute({ caller, followId }: RequestOf<typeof getFollow>): Promise<Result<FollowView, CodedError>> {
    const follow = await this.follows.find(followId as FollowId)
    return follow === undefined || !maySee(caller, follow.userId)
      ? err(signalsErrors.of('FOLLOW_NOT_FOUND', { followId }))
      : ok(viewFollow(follow))
  }
}
